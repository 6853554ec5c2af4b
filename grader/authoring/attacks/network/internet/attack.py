import socket

from attack_scan import breach, open_ones

for target in open_ones((host, port) for host in ("1.1.1.1", "8.8.8.8", "9.9.9.9") for port in (53, 80, 443)):
    breach(f"reached {target}")
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.settimeout(1)
question = bytes.fromhex("123401000001000000000000076578616d706c6503636f6d0000010001")
for host in ("1.1.1.1", "8.8.8.8"):
    try:
        udp.sendto(question, (host, 53))
        udp.recv(512)
        breach(f"was answered by {host}")
    except OSError:
        pass
