import os

for folder in ["/work", "/tmp", "/home/student", "/dev/shm", "/opt/venv", "/var/tmp", "/run", "/"]:
    written = 0
    try:
        with open(os.path.join(folder, "full"), "wb") as file:
            while True:
                written += file.write(b"x" * 1_000_000)
                if written > 400_000_000:
                    print("GOT more than 400 MB of", folder)
                    break
    except OSError as error:
        print(folder, error.strerror)
        try:
            os.remove(os.path.join(folder, "full"))
        except OSError:
            pass
