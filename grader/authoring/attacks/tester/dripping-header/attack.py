import time

from attack_proxy import serve


def attack(exchange):
    exchange.raw(b"HTTP/1.1 200 OK\r\nX-Drip: ")
    while True:
        exchange.wfile.write(b"x")
        time.sleep(0.05)


serve(attack)
