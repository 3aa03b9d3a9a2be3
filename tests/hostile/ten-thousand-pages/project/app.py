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

def answer(handler):
    number = int(handler.path.strip("/") or 0)
    links = "".join(f"<a href='/{n}'>{n}</a> " for n in range(number + 1, min(number + 101, 10_000)))
    page(handler, f"<title>{number}</title>{links}".encode())

Server(("127.0.0.1", 5000), Page).serve_forever()
