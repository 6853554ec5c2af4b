import fcntl
import socket
import struct

from attack_scan import OWN, PREFIX, breach

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
address = socket.inet_aton(f"{PREFIX}.{int(OWN.rpartition('.')[2]) + 1}")
for call in (0x8916, 0x8914, 0x8924):
    try:
        fcntl.ioctl(s, call, struct.pack("16sH2s4s8s", b"eth0", socket.AF_INET, b"", address, b""))
        breach(f"changed its network ({call:x})")
    except OSError:
        pass
try:
    s.bind((socket.inet_ntoa(address), 0))
    breach("has the address of the tester")
except OSError:
    pass
