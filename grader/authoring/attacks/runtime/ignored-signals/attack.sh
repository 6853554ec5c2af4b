trap '' HUP INT QUIT TERM USR1 USR2 PIPE
while :; do sleep 600; done
