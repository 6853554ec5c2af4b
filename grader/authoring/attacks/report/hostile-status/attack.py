from attack_proxy import serve


def attack(exchange):
    exchange.raw("HTTP/1.1 599 \x1b[2J::error::forged\r\nContent-Type: \x1b]0;x\x07\u202e\r\n\r\n<script>".encode())


serve(attack)
