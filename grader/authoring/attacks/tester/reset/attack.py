import socket
import struct

from attack_proxy import serve


def attack(exchange):
    exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    exchange.connection.close()
    raise OSError


serve(attack)
