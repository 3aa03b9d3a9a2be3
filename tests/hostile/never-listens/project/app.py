import time

print(" * Running on http://127.0.0.1:5000", flush=True)
time.sleep(3600)
