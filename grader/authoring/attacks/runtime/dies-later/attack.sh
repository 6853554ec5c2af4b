sleep 2
kill -KILL -1
