import os
import subprocess

subprocess.Popen(["setsid", "sleep", "86411"], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execvp("sleep", ["sleep", "86411"])
    os._exit(0)
print("left two")
