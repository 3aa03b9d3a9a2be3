import ctypes
import os
import socket

libc = ctypes.CDLL(None, use_errno=True)
calls = {
    "mount": (165, b"none", b"/tmp", b"tmpfs", 0, 0), "umount2": (166, b"/work", 2), "pivot_root": (155, b"/tmp", b"/tmp"), "chroot": (161, b"/tmp"),
    "unshare_user": (272, 0x10000000), "unshare_net": (272, 0x40000000), "setns": (308, 0, 0), "bpf": (321, 0, 0, 0), "io_uring_setup": (425, 8, 0),
    "keyctl": (250, 0, -3, 0), "add_key": (248, b"user", b"k", b"v", 1, -3), "request_key": (249, b"user", b"k", 0, -3), "userfaultfd": (323, 0),
    "perf_event_open": (298, 0, 0, -1, -1, 0), "init_module": (175, 0, 0, b""), "kexec_load": (246, 0, 0, 0, 0), "reboot": (169, 0, 0, 0),
    "swapon": (167, b"/work/x", 0), "settimeofday": (164, 0, 0), "sethostname": (170, b"x", 1), "acct": (163, b"/work/x"), "quotactl": (179, 0, 0, 0, 0),
    "name_to_handle_at": (303, -100, b"/", 0, 0, 0), "open_by_handle_at": (304, -100, 0, 0), "process_vm_writev": (311, 1, 0, 0, 0, 0, 0),
    "setuid": (105, 0), "setgid": (106, 0), "capset": (126, 0, 0),
}
for name, (number, *arguments) in calls.items():
    ctypes.set_errno(0)
    result = libc.syscall(number, *arguments)
    if result == 0 and name != "process_vm_writev":
        print("GOT", name)
for family, kind, protocol in [(socket.AF_INET, socket.SOCK_RAW, 1), (socket.AF_PACKET, socket.SOCK_RAW, 3), (socket.AF_NETLINK, socket.SOCK_RAW, 12)]:
    try:
        opened = socket.socket(family, kind, protocol)
        if family != socket.AF_NETLINK:
            print("GOT a raw socket", family)
        opened.close()
    except OSError as error:
        print(family, error.strerror)
others = [int(name) for name in os.listdir("/proc") if name.isdigit()]
strangers = [pid for pid in others if os.stat(f"/proc/{pid}").st_uid not in (0, 10001)]
print("strangers", strangers, "uid", os.getuid(), os.geteuid())
