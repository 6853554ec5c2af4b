. ./attack_wait.sh
kill -KILL -1
