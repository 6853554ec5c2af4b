from attack_scan import breach, open_ones

for target in open_ones((host, 80) for host in ("169.254.169.254", "100.100.100.200", "168.63.129.16", "169.254.170.2")):
    breach(f"reached {target}")
