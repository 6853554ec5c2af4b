while :; do echo; done >&2
