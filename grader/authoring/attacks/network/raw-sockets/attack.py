import socket

from attack_scan import breach

kinds = {
    "packets": (17, socket.SOCK_RAW),
    "raw IP": (socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
    "AF_ALG": (38, socket.SOCK_SEQPACKET),
    "AF_VSOCK": (40, socket.SOCK_STREAM),
    "netlink audit": (16, socket.SOCK_RAW, 9),
}
for name, kind in kinds.items():
    try:
        socket.socket(*kind)
        breach(f"opened a socket for {name}")
    except OSError:
        pass
