import random

from attack_proxy import serve


def attack(exchange):
    length = random.choice([b"100", b"1", b"-1", b"2\r\nContent-Length: 3", b"9" * 5000])
    exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + length + b"\r\n\r\n{}")


serve(attack)
