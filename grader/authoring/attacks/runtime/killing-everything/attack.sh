sleep 1
kill -KILL -1
