print('usercustomize')
