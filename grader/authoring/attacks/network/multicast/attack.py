import socket

from attack_scan import BLOCK, MARKER, PORT, PREFIX, breach

udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
for host in ("255.255.255.255", f"{PREFIX}.{BLOCK + 15}", "224.0.0.1", "239.255.255.250"):
    try:
        udp.sendto(MARKER.encode(), (host, PORT))
    except OSError:
        pass
try:
    six = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    six.sendto(MARKER.encode(), ("ff02::1", PORT))
    breach("sent to its neighbours over IPv6")
except OSError:
    pass
