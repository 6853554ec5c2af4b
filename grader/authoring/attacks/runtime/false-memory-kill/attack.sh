echo "Killed: out of memory"
exit 137
