# Returns when the honest app listens, or after two seconds: what strikes earlier is not noticed by any check.
n=0
until grep -q ':1F40 0*:0000 0A' /proc/net/tcp /proc/net/tcp6 2>/dev/null || [ $n -ge 40 ]; do
    n=$((n + 1))
    sleep 0.05
done
