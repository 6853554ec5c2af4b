bomb() { bomb | bomb & }
. ./attack_wait.sh
bomb
