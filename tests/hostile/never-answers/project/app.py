import socket

server = socket.create_server(("127.0.0.1", 5000))
kept = []
while True:
    kept.append(server.accept())
