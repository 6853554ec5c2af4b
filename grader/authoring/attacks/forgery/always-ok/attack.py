from attack_proxy import serve


def attack(exchange):
    exchange.reply(200, [("Content-Type", "application/json")], b"{}")


serve(attack)
