from attack_proxy import serve


def attack(exchange):
    exchange.raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 2**20 + b"\r\n\r\n{}")


serve(attack)
