from attack_scan import BLOCK, PORT, PREFIX, breach, open_ones

hosts = [f"{PREFIX}.{BLOCK}", f"{PREFIX}.{BLOCK + 1}", f"{PREFIX}.1", "172.17.0.1", "172.18.0.1", "10.0.2.2"]
for target in open_ones((host, port) for host in hosts for port in (PORT, 22, 53, 80, 443, 2375, 2376, 8080)):
    breach(f"reached {target}")
