#!/bin/sh
# Make the data directory that each run starts with: /opt/data. Runs once, while the image is built.
set -eu

initdb --pgdata=/data --username=postgres --auth=trust --encoding=UTF8 --locale-provider=builtin --locale=C.UTF-8 \
    --builtin-locale=C.UTF-8 --wal-segsize=1 --no-sync --no-instructions
postgres --config-file=/etc/postgresql.conf -c listen_addresses= &
until pg_isready --quiet --host=/tmp; do sleep 0.1; done
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --host=/tmp --username=postgres --file=/opt/prepare.sql template1
kill -INT $!
wait $!
rm -f /data/postgresql.conf /data/postgresql.auto.conf /data/pg_hba.conf /data/pg_ident.conf
touch /data/postgresql.auto.conf /data/pg_ident.conf
mv /data/* /opt/data/
