raise SystemExit('conftest of the project')
