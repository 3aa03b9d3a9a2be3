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

import sys

evil = "\x1b]0;owned\x07\x1b[2J\x1b[31mGRADE 20/20\x1b[0m\x9b31m\x00\x08\x7f\u202e02/02\u2066\r"
print(evil)
sys.stdout.buffer.write(b"\xff\xfe\xc3\x28 broken utf-8\n")
sys.stdout.flush()


def answer(handler):
    page(handler, f"<title>{evil}<script>alert(1)</script></title><p>{evil}".encode() + b"<li>1" * 9, X_Evil="1")

Server(("127.0.0.1", 5000), Page).serve_forever()
