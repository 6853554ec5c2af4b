for name in sh tar head mkdir realpath dirname kill; do
    for folder in /app /tmp; do
        printf '#!/bin/sh\nexit 0\n' >$folder/$name
        chmod 755 $folder/$name
    done
done
