import glob
import os
import socket

for path in ["/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/var/run/podman/podman.sock"]:
    try:
        socket.socket(socket.AF_UNIX).connect(path)
        print("GOT", path)
    except OSError as error:
        print(path, error.strerror)
for name in open("/proc/net/unix").read().split("\n")[1:]:
    if "docker" in name or "containerd" in name:
        print("GOT", name)
for port in (2375, 2376, 2377):
    for host in ("127.0.0.1", "host.docker.internal", "172.17.0.1"):
        try:
            socket.create_connection((host, port), 2)
            print("GOT", host, port)
        except OSError as error:
            print(host, port, error)
roots = ("/run", "/var", "/tmp", "/work", "/home", "/opt", "/etc")
print("sockets", [name for root in roots for name in glob.glob(root + "/**/*.sock", recursive=True)])
