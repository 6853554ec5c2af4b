from attack_proxy import serve


def attack(exchange):
    exchange.reply(302, [("Location", exchange.path)], b"")


serve(attack)
