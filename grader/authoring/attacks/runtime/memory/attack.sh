. ./attack_wait.sh
hoard=x
while :; do hoard=$hoard$hoard; done
