. ./attack_wait.sh
sleep 0.2
kill -KILL -1
