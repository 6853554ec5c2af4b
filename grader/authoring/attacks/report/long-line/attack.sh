printf '%1000000s\n' x
n=0
while [ $n -lt 100000 ]; do echo $n; n=$((n + 1)); done
