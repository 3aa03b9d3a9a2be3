import socket


def redis(*commands):
    said = []
    with socket.create_connection(("redis", 6379), 10) as line:
        for command in commands:
            parts = [part.encode() for part in command.split(" ")]
            line.sendall(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts))
            try:
                said.append(line.recv(4096).decode("utf-8", "replace").strip())
            except OSError as error:
                said.append(str(error))
    return said


value = "v" * 4_000_000
for number in range(2_000):
    try:
        answer = redis(f"SET k{number} {value}")
    except OSError as error:
        print("gave up after", number, error)
        break
    if "OK" not in answer[0]:
        print("refused after", number, answer[0][:60])
        break
