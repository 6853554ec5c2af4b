while :; do printf '%65536s' x; done
