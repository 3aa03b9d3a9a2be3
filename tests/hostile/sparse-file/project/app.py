with open("huge", "wb") as file:
    try:
        file.truncate(1 << 40)
        print("a terabyte of nothing")
        file.seek(0)
        while True:
            file.write(b"x" * 1_000_000)
    except OSError as error:
        print(error.strerror)
