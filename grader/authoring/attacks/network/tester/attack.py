from attack_scan import BLOCK, OWN, PREFIX, breach, open_ones

own = int(OWN.rpartition(".")[2])
for host in (f"{PREFIX}.{own + 1}", "tester"):
    try:
        for target in open_ones(((host, port) for port in range(1, 12_000)), 0.5):
            breach(f"reached {target}")
    except OSError:
        pass
