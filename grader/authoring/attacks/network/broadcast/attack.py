import socket

from attack_scan import BLOCK, MARKER, PORT, PREFIX

for device in (b"", b"eth0\0"):
    try:
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        if device:
            udp.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device)
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    except OSError:
        pass
    for host in ("255.255.255.255", f"{PREFIX}.{BLOCK + 15}", f"{PREFIX}.255"):
        try:
            udp.sendto(MARKER.encode(), (host, PORT))
        except OSError:
            pass
