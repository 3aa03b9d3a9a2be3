import importlib.metadata
import os
import site
import subprocess
import sys

where = site.getsitepackages()[0]
print("installed", sorted(package.name for package in importlib.metadata.distributions())[:3])
for path in (os.path.join(where, "sitecustomize.py"), os.path.join(where, "itsdangerous", "__init__.py"), os.path.join(where, "evil.pth"), "/opt/venv/bin/python"):
    try:
        open(path, "a").write("print('GOT poisoned')\n")
        print("GOT to write", path)
    except OSError as error:
        print(path, error.strerror)
    try:
        os.chmod(path, 0o777)
        print("GOT to change", path)
    except OSError as error:
        print(path, error.strerror)
print(subprocess.run([sys.executable, "-m", "pip", "install", "--target", where, "."], capture_output=True, text=True).returncode)
for cache in ("/root/.cache", "/home/student/.cache/uv", "/var/cache/uv", "/cache"):
    print(cache, os.path.exists(cache))
