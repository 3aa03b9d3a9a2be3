print('GOT sitecustomize of the project loaded by ours') if 'app.py' not in ' '.join(__import__('sys').argv) and 'tar' in ' '.join(__import__('sys').argv) else None
