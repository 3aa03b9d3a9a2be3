import socket

answers = {
    "/": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 60\r\n\r\n<a href=/more>m</a><a href=/less>l</a><a href=/bad>b</a>     ",
    "/more": b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nshort",
    "/less": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\nsmuggled",
    "/bad": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\nContent-Length: 5\r\n\r\nnever",
}
server = socket.create_server(("127.0.0.1", 5000))
while True:
    connection, _ = server.accept()
    path = connection.recv(4096).decode("latin-1").split(" ")[1:2]
    connection.sendall(answers.get("".join(path), b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))
    connection.close()
