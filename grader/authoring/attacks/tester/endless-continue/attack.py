from attack_proxy import serve


def attack(exchange):
    while True:
        exchange.raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


serve(attack)
