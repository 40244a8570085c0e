# shellcheck shell=bash
# lib-pg.sh - o PostgreSQL particular da pilha: só soquete unix, entrada pelo
# usuário do sistema (peer), dois papéis: balcao_owner e balcao_app.

find_pg_bin() {
    local version=
    [ ! -s "$HOME_DIR/pg/PG_VERSION" ] || version=$(<"$HOME_DIR/pg/PG_VERSION")
    for v in ${version:-15 16 17 18 19}; do
        PG_BIN=/usr/lib/postgresql/$v/bin
        [ ! -x "$PG_BIN/postgres" ] || return 0
    done
    die "não achei o PostgreSQL ${version:-15} (rode conf/stack/deps.sh run)"
}

# Depois de queda de luz o postmaster.pid pode citar um processo que hoje é
# outro; só vale se o processo está mesmo nesta pasta de dados.
clear_stale_pg() {
    local pid_file=$HOME_DIR/pg/postmaster.pid pid
    [ -f "$pid_file" ] || return 0
    pid=$(head -n 1 "$pid_file")
    if [ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" = "$(realpath "$HOME_DIR/pg")" ]; then
        kill -INT "$pid" 2>/dev/null || :
        for _ in $(seq 100); do
            [ -f "$pid_file" ] || return 0
            sleep 0.1
        done
        die "um PostgreSQL antigo (pid $pid) não larga $HOME_DIR/pg"
    fi
    rm -f "$pid_file"
}

init_cluster() {
    [ -s "$HOME_DIR/pg/PG_VERSION" ] && return 0
    local sync=()
    [ -z "${PG_FAST:-}" ] || sync=(--no-sync)
    rm -rf "$HOME_DIR/pg"
    make_dir 700 "$PG_USER" "$HOME_DIR/pg"
    as_user "$PG_USER" "$PG_BIN/initdb" -D "$HOME_DIR/pg" -U postgres -A peer \
        -E UTF8 --locale=C.UTF-8 "${sync[@]}" >"$LOG/initdb.log" 2>&1 || {
        tail_log initdb
        rm -rf "$HOME_DIR/pg"
        die "initdb falhou"
    }
}

# quem do sistema pode entrar com que papel
ident_map() {
    local me
    me=$(id -un)
    for role in postgres balcao_owner balcao_app; do
        printf 'balcao %s %s\n' "$me" "$role"
    done
    is_root || return 0
    printf 'balcao %s postgres\n' "$PG_USER"
    [ "$APP_USER" = root ] || printf 'balcao %s balcao_app\n' "$APP_USER"
}

write_pg_conf() {
    local dir=$ETC/postgresql
    mkdir -p "$dir"
    cat >"$dir/postgresql.conf" <<EOF
# Gerado por conf/stack; mude em pg.local.conf, ao lado, que vence este.
data_directory = '$HOME_DIR/pg'
hba_file = '$dir/pg_hba.conf'
ident_file = '$dir/pg_ident.conf'
listen_addresses = ''
unix_socket_directories = '$RUN/pg'
max_connections = ${PG_MAX_CONNECTIONS:-100}
shared_buffers = 64MB
max_wal_size = 512MB
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d '
log_min_duration_statement = 1000
lc_messages = 'C'
EOF
    [ -z "${PG_FAST:-}" ] || cat >>"$dir/postgresql.conf" <<EOF
# PG_FAST: só para testes; uma queda de luz perde o banco
fsync = off
synchronous_commit = off
full_page_writes = off
EOF
    echo "include_if_exists = 'pg.local.conf'" >>"$dir/postgresql.conf"
    echo "local all all peer map=balcao" >"$dir/pg_hba.conf"
    ident_map >"$dir/pg_ident.conf"
}

run_psql() {
    "$PG_BIN/psql" -X -q -v ON_ERROR_STOP=1 -h "$RUN/pg" "$@"
}

wait_pg() {
    local i
    for i in $(seq 300); do
        "$PG_BIN/pg_isready" -q -h "$RUN/pg" && return 0
        [ $((i % 20)) != 0 ] || program_alive postgres || break
        sleep 0.1
    done
    tail_log postgres
    die "o PostgreSQL não subiu"
}

create_roles() {
    run_psql -U postgres -d postgres <<'EOF' >/dev/null
SELECT format('CREATE ROLE %I LOGIN NOSUPERUSER NOBYPASSRLS', r)
  FROM unnest(ARRAY['balcao_owner', 'balcao_app']) AS r
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) \gexec
SELECT 'CREATE DATABASE balcao OWNER balcao_owner'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'balcao') \gexec
REVOKE ALL ON DATABASE balcao FROM PUBLIC;
GRANT CONNECT ON DATABASE balcao TO balcao_app;
EOF
}
