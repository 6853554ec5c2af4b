from attack_proxy import serve


def attack(exchange):
    exchange.forward()
    exchange.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}" * 50)


serve(attack)
