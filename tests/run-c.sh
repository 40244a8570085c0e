#!/usr/bin/env bash
# Roda testes em cmocka, uma fila por núcleo. Cada fila tem um PostgreSQL e um
# Redis só dela: transações e limites de um teste não são os do outro.
# Uso: tests/run-c.sh BUILD TESTE...   (TESTE: caminho do executável)
set -euo pipefail
BUILD=$1
shift
LANES=$(nproc)
T=$(mktemp -d /tmp/balcao-c.XXXXXX)
chmod 755 "$T"
PGBIN=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
STARTED=()
as_pg() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && exec runuser -u postgres -- "$@")
    else
        "$@"
    fi
}
finish() {
    for pid in "${STARTED[@]}"; do
        kill "$pid" 2>/dev/null || :
        wait "$pid" 2>/dev/null || :
    done
    for i in $(seq "$LANES"); do
        [ -f "$T/$i/pg/postmaster.pid" ] &&
            as_pg "$PGBIN/pg_ctl" -D "$T/$i/pg" -m immediate stop >/dev/null || :
    done
    rm -rf "$T"
}
trap finish EXIT
trap 'exit 130' INT TERM

# O banco da fila, com a estrutura pronta em balcao_template.
start_pg() {
    mkdir -p "$1/pg" "$1/sock"
    [ "$(id -u)" = 0 ] && chown postgres "$1/pg" "$1/sock"
    as_pg "$PGBIN/initdb" -D "$1/pg" -U postgres -A trust -E UTF8 --no-locale >/dev/null
    as_pg "$PGBIN/pg_ctl" -D "$1/pg" -w -l "$1/sock/log" -o "-c listen_addresses='' \
        -c unix_socket_directories=$1/sock -c fsync=off -c synchronous_commit=off \
        -c full_page_writes=off" start >/dev/null
    psql -q -h "$1/sock" -U postgres -d postgres -v ON_ERROR_STOP=1 \
        -c 'CREATE ROLE balcao_owner LOGIN' -c 'CREATE ROLE balcao_app LOGIN' \
        -c 'CREATE DATABASE balcao_template OWNER balcao_owner'
    url="postgresql:///balcao_template?host=$1/sock&user"
    BALCAO_APP_SECRET=$(printf '0%.0s' $(seq 64)) BALCAO_LOG_LEVEL=warn \
        BALCAO_DATABASE_URL="$url=balcao_app" \
        BALCAO_DATABASE_OWNER_URL="$url=balcao_owner" "$BUILD/bin/balcao" migrate >/dev/null
}

# Uma fila: pega o próximo teste (mv decide quem o levou) até acabarem.
lane() {
    start_pg "$1"
    export BUILD TEST_PG=$1/sock TEST_PG_USER=postgres TEST_REDIS=unix://$1/redis.sock
    [ -z "${TEST_SEEN:-}" ] || export TEST_SEEN=$TEST_SEEN.${1##*/}
    for todo in "$T"/todo/*; do
        mv "$todo" "$1/now" 2>/dev/null || continue
        test=$(cat "$1/now")
        redis-cli -s "$1/redis.sock" FLUSHALL >/dev/null
        {
            echo "== $test"
            began=$SECONDS
            timeout 900 "$test" || { echo "FALHOU: $test" && echo "$test" >>"$T/failed"; }
            echo "   $((SECONDS - began)) s"
        } >"$1/out" 2>&1
        flock "$T" cat "$1/out"
    done
}

mkdir "$T/todo"
n=100
for test in "$@"; do
    n=$((n + 1))
    case $test in # os dois que mais demoram começam já, um em cada fila
    *matrix_test | *refusals_test) echo "$test" >"$T/todo/0$n" ;;
    *) echo "$test" >"$T/todo/$n" ;;
    esac
done
RUNNING=()
for i in $(seq "$LANES"); do
    mkdir "$T/$i"
    redis-server --port 0 --unixsocket "$T/$i/redis.sock" --save '' --appendonly no \
        --dir "$T/$i" >/dev/null &
    STARTED+=($!)
    lane "$T/$i" &
    RUNNING+=($!)
    STARTED+=($!)
done
for pid in "${RUNNING[@]}"; do wait "$pid"; done
failed=$([ -f "$T/failed" ] && wc -l <"$T/failed" || echo 0)
[ "$failed" = 0 ] || sed 's/^/falhou: /' "$T/failed"
echo "cmocka: $(($# - failed)) programas passaram, $failed falharam"
[ "$failed" = 0 ]
