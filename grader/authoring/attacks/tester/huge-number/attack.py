from attack_proxy import serve


def attack(exchange):
    exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + b'{"id": ' + b"9" * 1_000_000 + b"}")


serve(attack)
