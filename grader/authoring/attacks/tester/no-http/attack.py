from attack_proxy import serve


def attack(exchange):
    exchange.raw(b"220 mail.example ESMTP\r\n" * 100)


serve(attack)
