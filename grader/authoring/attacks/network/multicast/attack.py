import socket
import struct

from attack_scan import MARKER, OWN, PORT, breach

for group in ("224.0.0.1", "224.0.0.251", "239.255.255.250"):
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for level, option, value in (
        (socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(OWN)),
        (socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0\0"),
    ):
        try:
            udp.setsockopt(level, option, value)
        except OSError:
            pass
    chosen = struct.pack("i4s4s", socket.if_nametoindex("eth0"), socket.inet_aton(OWN), b"")
    for ancillary in ([], [(socket.IPPROTO_IP, 8, chosen)]):
        try:
            udp.sendmsg([MARKER.encode()], ancillary, 0, (group, PORT))
        except OSError:
            pass
try:
    six = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    six.sendto(MARKER.encode(), ("ff02::1", PORT, 0, socket.if_nametoindex("eth0")))
    breach("sent to its neighbours over IPv6")
except OSError:
    pass
