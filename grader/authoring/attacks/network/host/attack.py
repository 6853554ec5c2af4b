import socket

from attack_scan import HOSTS, MARKER, PORT, breach, open_ones

for target in open_ones((host, port) for host in HOSTS for port in (PORT, 22, 111, 2375, 2376, 5432)):
    breach(f"reached {target}")
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for host in HOSTS:
    try:
        udp.sendto(MARKER.encode(), (host, PORT))
    except OSError:
        pass
