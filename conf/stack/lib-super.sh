# shellcheck shell=bash
# lib-super.sh - tudo sob um supervisord: configuração, comandos e espera.

supervisor() { supervisorctl -c "$ETC/supervisord.conf" "$@"; }

# o nome no supervisord: só postgres e redis ficam fora do grupo app, para
# os outros subirem e pararem juntos (e rápido)
full_name() {
    case $1 in
        postgres | redis | all | *:* | -*) printf '%s\n' "$1" ;;
        *) printf 'app:%s\n' "$1" ;;
    esac
}

# supervisorctl com os nomes curtos
control() {
    local verb=$1 names=()
    shift
    if [ "$verb" = signal ]; then verb="signal $1"; shift; fi
    for n in "$@"; do names+=("$(full_name "$n")"); done
    # shellcheck disable=SC2086
    supervisor $verb "${names[@]}"
}

# imprime o pid do supervisord desta pilha; falha se ele não responde
supervisor_pid() {
    local pid
    [ -S "$RUN/supervisor.sock" ] || return 1
    pid=$(supervisor pid 2>/dev/null) || return 1
    case $pid in '' | *[!0-9]*) return 1 ;; esac
    printf '%s\n' "$pid"
}

program_alive() {
    control status "$1" 2>/dev/null | grep -qE 'RUNNING|STARTING'
}

# program NOME USUÁRIO PRIORIDADE "comando" [linhas a mais]
program() {
    local auto=false
    case $1 in
        postgres | redis) auto=true ;;
        *) APP_GROUP_PROGRAMS+=("$1") ;;
    esac
    printf '\n[program:%s]\ncommand=%s/run.sh %s\n' "$1" "$TOOLS" "$1 $4"
    ! is_root || printf 'user=%s\n' "$2"
    cat <<EOF
priority=$3
autostart=$auto
autorestart=true
startsecs=1
startretries=1000000
stopasgroup=false
killasgroup=true
stopwaitsecs=20
redirect_stderr=true
stdout_logfile=$LOG/$1.log
stdout_logfile_maxbytes=20MB
stdout_logfile_backups=2
${5:-}
EOF
}

process_count() {
    local n
    n=$(awk -v h="$1" '$1 == h { print $2 }' "$TOOLS/processes")
    printf '%s\n' "${n:-1}"
}

handler_programs() {
    local file name sock
    for file in "$APP_BUILD"/cgi-bin/*.fcgi; do
        name=$(basename "$file" .fcgi)
        sock=$RUN/$name.sock
        program "$name" "$APP_USER" 40 "-s $sock -- spawn-fcgi -n -b 1024 \
-M 0660 -s $sock -- /usr/bin/multiwatch -r 1000 -t 1000 \
-f $(process_count "$name") -- /usr/bin/setpriv --pdeathsig TERM $file"
    done
}

front_program() {
    case $FRONT in
        nginx*) program nginx root 60 "-s $RUN/nchan/nchan.sock -- nginx -p $HOME_DIR/ \
-c $ETC/nginx/nginx.conf -e $LOG/nginx.error.log" ;;
        apache*) program apache root 60 "-- apache2 -DFOREGROUND -f $ETC/apache/apache.conf" ;;
    esac
}

write_supervisor_conf() {
    local run_as=
    APP_GROUP_PROGRAMS=()
    ! is_root || run_as=user=root
    {
        cat <<EOF
; Gerado por conf/stack; não edite.
[unix_http_server]
file=$RUN/supervisor.sock
chmod=0700

[supervisord]
$run_as
logfile=$LOG/supervisord.log
logfile_maxbytes=5MB
logfile_backups=1
pidfile=$RUN/supervisord.pid
directory=$HOME_DIR
umask=027
minfds=$NOFILE
environment=BALCAO_CONF="$HOME_DIR/balcao.conf",BALCAO_RUN="$RUN",LC_ALL="C.UTF-8"

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix://$RUN/supervisor.sock
EOF
        program postgres "$PG_USER" 10 "-d INT -- $PG_BIN/postgres -D $HOME_DIR/pg \
-c config_file=$ETC/postgresql/postgresql.conf" \
            $'stopsignal=INT\nstopwaitsecs=60'
        program redis "$APP_USER" 20 "-s $RUN/redis.sock -- redis-server $ETC/redis.conf"
        case $FRONT in
            apache-fcgid | apache-cgi) ;;
            *) handler_programs ;;
        esac
        program relay "$APP_USER" 30 "-- $APP_BUILD/bin/balcao relay"
        program work "$APP_USER" 50 "-- $APP_BUILD/bin/balcao work"
        [ "$DEMO" = 0 ] || program graph "$APP_USER" 30 "-e $HOME_DIR/graph.env \
-s $RUN/graph.sock -- $(command -v node) $APP/tests/standins/graph.mjs"
        [ "$MAIL" = 0 ] || program mail "$APP_USER" 30 "-e $HOME_DIR/mail.env \
-s $RUN/mail.sock -- /usr/bin/python3 -B $APP/tests/standins/mail_server.py"
        front_program
        local IFS=,
        printf '\n[group:app]\nprograms=%s\npriority=40\n' "${APP_GROUP_PROGRAMS[*]}"
    } >"$ETC/supervisord.conf"
}

write_redis_conf() {
    cat >"$ETC/redis.conf" <<EOF
# Gerado por conf/stack. Só soquete, só memória: tudo aqui pode se perder.
port 0
unixsocket $RUN/redis.sock
unixsocketperm 700
save ""
appendonly no
dir $HOME_DIR/tmp
maxmemory 128mb
maxmemory-policy volatile-lru
databases 1
daemonize no
EOF
}

# mata o que sobrou de um supervisord que morreu sem avisar
sweep_leftovers() {
    local mark
    for mark in "$RUN"/pgid/*; do
        # o PostgreSQL tem o seu jeito de parar (clear_stale_pg)
        [ "${mark##*/}" = postgres ] || end_marked_group "$mark"
    done
}

start_programs() {
    local failed name
    # com tantas tentativas o supervisorctl esperaria sem fim
    timeout 60 supervisorctl -c "$ETC/supervisord.conf" start "$@" \
        >"$LOG/start.log" 2>&1 || :
    failed=$(supervisor status "$@" | awk '$2 != "RUNNING" { print $1 }')
    [ -n "$failed" ] || return 0
    for name in $failed; do tail_log "${name#app:}"; done
    die "não subiu: ${failed//$'\n'/ } (logs em $LOG)"
}

stop_all() {
    local pid
    if pid=$(supervisor_pid); then
        supervisor shutdown >/dev/null 2>&1 || :
        for _ in $(seq 900); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
        ! kill -0 "$pid" 2>/dev/null || kill -KILL "$pid" 2>/dev/null || :
    fi
    sweep_leftovers
    clear_stale_pg
}
