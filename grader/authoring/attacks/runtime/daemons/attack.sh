for folder in /app /tmp /dev/shm /var/tmp /run /run/lock /dev/mqueue; do
    for file in $folder/daemon-*; do
        case $file in *-"$AUDIT_MARKER") continue ;; esac # the app was started again
        [ -e "$file" ] && echo "breach-$AUDIT_MARKER found $file of another run"
    done
    : >$folder/daemon-$AUDIT_MARKER
done 2>/dev/null
for n in 1 2 3; do
    setsid sh -c "trap '' HUP TERM; while :; do sleep 600; done # $AUDIT_MARKER" >/dev/null 2>&1 &
done
