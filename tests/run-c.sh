#!/usr/bin/env bash
# Roda testes em cmocka sobre um PostgreSQL e um Redis só deles.
# Uso: tests/run-c.sh BUILD TESTE...   (TESTE: caminho do executável)
set -euo pipefail
BUILD=$1
shift
T=$(mktemp -d /tmp/balcao-c.XXXXXX)
chmod 755 "$T"
PGBIN=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
REDIS_PID=
as_pg() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && exec runuser -u postgres -- "$@")
    else
        "$@"
    fi
}
finish() {
    if [ -n "$REDIS_PID" ]; then kill "$REDIS_PID" 2>/dev/null || :; wait "$REDIS_PID" 2>/dev/null || :; fi
    [ -f "$T/pg/postmaster.pid" ] && as_pg "$PGBIN/pg_ctl" -D "$T/pg" -m immediate stop >/dev/null || :
    rm -rf "$T"
}
trap finish EXIT
trap 'exit 130' INT TERM

mkdir "$T/pg" "$T/sock"
[ "$(id -u)" = 0 ] && chown postgres "$T/pg" "$T/sock"
as_pg "$PGBIN/initdb" -D "$T/pg" -U postgres -A trust -E UTF8 --no-locale >/dev/null
as_pg "$PGBIN/pg_ctl" -D "$T/pg" -w -l "$T/sock/log" -o "-c listen_addresses='' \
    -c unix_socket_directories=$T/sock -c fsync=off -c synchronous_commit=off \
    -c full_page_writes=off" start >/dev/null
redis-server --port 0 --unixsocket "$T/redis.sock" --save '' --appendonly no \
    --dir "$T" >/dev/null &
REDIS_PID=$!

psql -q -h "$T/sock" -U postgres -d postgres -v ON_ERROR_STOP=1 \
    -c 'CREATE ROLE balcao_owner LOGIN' -c 'CREATE ROLE balcao_app LOGIN' \
    -c 'CREATE DATABASE balcao_template OWNER balcao_owner'
export BUILD TEST_PG=$T/sock TEST_PG_USER=postgres TEST_REDIS=unix://$T/redis.sock
SECRET=$(printf '0%.0s' $(seq 64))
BALCAO_APP_SECRET=$SECRET BALCAO_LOG_LEVEL=warn \
    BALCAO_DATABASE_URL="postgresql:///balcao_template?host=$T/sock&user=balcao_app" \
    BALCAO_DATABASE_OWNER_URL="postgresql:///balcao_template?host=$T/sock&user=balcao_owner" \
    "$BUILD/bin/balcao" migrate >/dev/null

failed=0
for test in "$@"; do
    echo "== $test"
    redis-cli -s "$T/redis.sock" FLUSHALL >/dev/null # os limites de um não são do outro
    timeout 600 "$test" || { echo "FALHOU: $test"; failed=$((failed + 1)); }
done
echo "cmocka: $(($# - failed)) programas passaram, $failed falharam"
exit $((failed > 0))
