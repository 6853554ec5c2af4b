. ./attack_wait.sh
for folder in /app /tmp /dev/shm /var/tmp /run; do
    dd if=/dev/zero of=$folder/full bs=1M 2>/dev/null
    n=0
    while [ $n -lt 20000 ] && : >$folder/empty-$n; do n=$((n + 1)); done 2>/dev/null
done
