from attack_scan import BLOCK, PREFIX, breach, open_ones

beside = [number for number in range(2, 254) if number // 16 * 16 != BLOCK]
for target in open_ones(((f"{PREFIX}.{number}", port) for number in beside for port in (8000, 5432)), 1):
    breach(f"reached {target}")
