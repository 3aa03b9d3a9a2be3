import os

made = 0
try:
    while made < 1_000_000:
        os.makedirs(f"d{made // 1000}", exist_ok=True)
        open(f"d{made // 1000}/{made}", "w").close()
        made += 1
    print("GOT a million files")
except OSError as error:
    print(error.strerror)
