sleep 1
hoard=x
while :; do hoard=$hoard$hoard; done
