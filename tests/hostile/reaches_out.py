import os
import socket
import struct

QUESTION = struct.pack(">HHHHHH", 7, 256, 1, 0, 0, 0) + b"\x09forkgrade\x07invalid\x00" + struct.pack(">HH", 1, 1)


def attempt(what, action):
    try:
        action()
        print("GOT", what)
    except OSError as error:
        print(what, error.strerror or error)


for address, port in TARGETS:
    attempt(f"TCP {address}", lambda: socket.create_connection((address, port), 2).close())
    family = socket.AF_INET6 if ":" in address else socket.AF_INET

    def ask(address=address, family=family):
        with socket.socket(family, socket.SOCK_DGRAM) as line:
            line.settimeout(1)
            line.sendto(QUESTION, (address, 53))
            line.recv(512)

    attempt(f"UDP {address}", ask)
attempt("a name", lambda: socket.gethostbyname("forkgrade.invalid"))
attempt("a name of IPv6", lambda: socket.getaddrinfo("forkgrade.invalid", 80, socket.AF_INET6))
attempt("a broadcast", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("255.255.255.255", 9)))
attempt("a multicast", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("224.0.0.251", 5353)))
attempt("the engine's name server", lambda: (lambda line: (line.settimeout(1), line.sendto(QUESTION, ("127.0.0.11", 53)), line.recv(512)))(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)))
print("interfaces", sorted(name for _, name in socket.if_nameindex()))
print("routes", open("/proc/net/route").read().count("\n") - 1)
print("tried everything", os.getpid() > 0)
