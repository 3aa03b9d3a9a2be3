import subprocess
import sys

subprocess.run([sys.executable, "-c", "held = []\nwhile True: held.append(bytearray(10_000_000))"])
print("carried on")
