import os
os.system('echo GOT setup.py ran')
from setuptools import setup
setup(name='evil')
