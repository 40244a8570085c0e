#!/bin/bash
# stack.sh - uma pilha inteira e particular: PostgreSQL, Redis, programas,
# trabalhador, relé e a frente (nginx ou Apache), sob um supervisord.
#   stack.sh run      no primeiro plano; Ctrl-C para tudo
#   stack.sh up       em segundo plano
#   stack.sh down     para e espera
#   stack.sh status   o que está no ar
#   stack.sh wait     espera /api/v1/health responder 200
#   stack.sh info     endereço, login e segredos, CHAVE=valor
#   stack.sh ctl ...  repassa ao supervisorctl (restart postgres, pid work)
#   stack.sh seed TAMANHO  demo, small ou large
#   stack.sh psql ... psql no banco da pilha
#   stack.sh purge    para e apaga os dados
# Ambiente: VAR (var), PORT (8080), BIND (127.0.0.1), BUILD (build),
# FRONT (nginx-nchan nginx apache-proxy apache-fcgid apache-cgi), DEMO (1),
# MAIL (servidor SMTP e /demo/mail; o mesmo que DEMO), BASE_URL, PG_FAST (testes),
# e BALCAO_<CHAVE>, que vão para o balcao.conf.
set -euo pipefail

REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
HERE=$REPO/conf/stack
# shellcheck source=lib-base.sh
. "$HERE/lib-base.sh"
# shellcheck source=lib-group.sh
. "$HERE/lib-group.sh"
# shellcheck source=lib-pg.sh
. "$HERE/lib-pg.sh"
# shellcheck source=lib-front.sh
. "$HERE/lib-front.sh"
# shellcheck source=lib-super.sh
. "$HERE/lib-super.sh"

PATH=$PATH:/usr/sbin:/sbin
umask 022
# o que o make stop precisa ouvir para achar esta pilha
VAR_HINT=${VAR:+ VAR=$VAR}
VAR=$(realpath -ms "${VAR:-$REPO/var}")
BUILD=$(realpath -m "${BUILD:-$REPO/build}")
PORT=${PORT:-8080}
BIND=${BIND:-127.0.0.1}
FRONT=${FRONT:-nginx-nchan}
DEMO=${DEMO:-1}
MAIL=${MAIL:-$DEMO}
choose_users

# do que já está no ar vale o que ficou escrito
load_state() {
    # shellcheck disable=SC1091
    [ ! -f "$HOME_DIR/stack.env" ] || . "$HOME_DIR/stack.env"
}

check_request() {
    case " $FRONTS " in
        *" $FRONT "*) ;;
        *) die "FRONT desconhecida: $FRONT (use uma de: $FRONTS)" ;;
    esac
    if ! compgen -G "$BUILD/cgi-bin/*.fcgi" >/dev/null || [ ! -x "$BUILD/bin/balcao" ]; then
        die "nada compilado em $BUILD (rode make)"
    fi
    [ -f "$BUILD/nginx/locations.conf" ] || die "faltam os mapas em $BUILD/nginx (rode make)"
    case $FRONT in
        apache*) command -v apache2 >/dev/null ||
            die "falta o Apache: conf/stack/deps.sh apache" ;;
    esac
}

# a porta de um substituto: a de antes, se ninguém a tomou
kept_port() {
    local file=$HOME_DIR/$1.port
    [ "$2" = 0 ] || ! port_open 127.0.0.1 "$(keep "$file" free_port)" || rm -f "$file"
    keep "$file" free_port
}

write_conf() {
    local conf=$HOME_DIR/balcao.conf name key
    BASE_URL=${BASE_URL:-http://127.0.0.1:$PORT}
    GRAPH_URL=http://127.0.0.1:$(kept_port graph "$DEMO")
    MAIL_PORT=$(kept_port mail "$MAIL")
    {
        cat <<EOF
# Gerado por conf/stack a cada subida; não edite (use BALCAO_<CHAVE>).
base_url = $BASE_URL
app_secret = $(keep "$HOME_DIR/secret" random_hex 32)
database_url = postgresql:///balcao?host=$RUN/pg&user=balcao_app
database_owner_url = postgresql:///balcao?host=$RUN/pg&user=balcao_owner
redis_url = unix://$RUN/redis.sock
template_dir = $APP/templates
static_dir = $APP_BUILD/static
locale_dir = $APP_BUILD/locale
migration_dir = $APP/sql/migrations
seed_dir = $APP/sql/seeds
cgi_dir = $APP_BUILD/cgi-bin
metrics_file = $RUN/metrics
media_dir = $HOME_DIR/media
EOF
        [ "$FRONT" != nginx-nchan ] ||
            echo "nchan_publish_socket = $RUN/nchan/nchan.sock"
        [ "$MAIL" = 0 ] || {
            printf 'smtp_url = smtp://127.0.0.1:%s\nsmtp_tls = off\n' "$MAIL_PORT"
            echo "mail_from = Balcão <balcao@demo.balcao>"
        }
        echo "push_key_file = $HOME_DIR/push.pem"
        [ "$DEMO" = 0 ] || printf 'graph_base_url = %s\ndemo = true\n' "$GRAPH_URL"
        for name in "${!BALCAO_@}"; do
            case $name in BALCAO_CONF | BALCAO_RUN | BALCAO_NCHAN) continue ;; esac
            key=${name#BALCAO_}
            printf '%s = %s\n' "${key,,}" "${!name}"
            unset "$name"
        done
    } >"$conf.new"
    chmod 640 "$conf.new"
    ! is_root || chgrp "$APP_GROUP" "$conf.new"
    mv "$conf.new" "$conf"
    export BALCAO_CONF=$conf
    cat >"$HOME_DIR/stack.env" <<EOF
PORT=$PORT
BIND=$BIND
FRONT=$FRONT
DEMO=$DEMO
MAIL=$MAIL
BASE_URL=$BASE_URL
GRAPH_URL=$GRAPH_URL
EOF
    printf "MAIL_DIR='%s'\nMAIL_SMTP='%s'\nMAIL_HTTP='%s'\n" \
        "$HOME_DIR/mail" "$MAIL_PORT" "$RUN/mail.sock" >"$HOME_DIR/mail.env"
}

# a chave do Web Push, feita uma vez: outra acabaria com as inscrições
push_key() {
    local file=$HOME_DIR/push.pem
    [ -s "$file" ] || "$BUILD/bin/balcao" push keys "$file" >/dev/null ||
        die "não se criou $file"
    chmod 640 "$file"
    ! is_root || chgrp "$APP_GROUP" "$file"
}

balcao() { BALCAO_CONF=$HOME_DIR/balcao.conf "$APP_BUILD/bin/balcao" "$@"; }

prepare() {
    find_pg_bin
    make_places
    APP_BUILD=$BUILD
    # shellcheck disable=SC2034
    TOOLS=$HERE
    if [ "$STAGED" = 1 ]; then
        APP_BUILD=$APP/build
        # shellcheck disable=SC2034
        TOOLS=$APP/conf/stack
    fi
    sweep_leftovers
    clear_stale_pg
    init_cluster
    write_pg_conf
    write_redis_conf
    push_key
    write_conf
    write_front
    write_supervisor_conf
}

# o ambiente do substituto da Graph API vem do que o seed gravou
write_graph_env() {
    balcao demo-info --graph >"$HOME_DIR/graph.env.new" ||
        die "balcao demo-info --graph falhou"
    {
        # a ficha pode ter espaço; o arquivo é lido pelo shell
        sed -E "s/'/'\\\\''/g; s/^([A-Z_]+)=(.*)$/\1='\2'/" "$HOME_DIR/graph.env.new"
        printf "GRAPH_LISTEN='%s'\n" "unix:$RUN/graph.sock,${GRAPH_URL#http://}"
        printf "GRAPH_STATE='%s'\nGRAPH_SOCKET_MODE='660'\n" "$HOME_DIR/graph/phone.json"
    } >"$HOME_DIR/graph.env"
    rm -f "$HOME_DIR/graph.env.new"
    chmod 640 "$HOME_DIR/graph.env"
    ! is_root || chgrp "$APP_GROUP" "$HOME_DIR/graph.env"
}

# supervisord no ar: banco, migrações, exemplo, e só então o resto
bring_up() {
    for _ in $(seq 100); do
        ! supervisor_pid >/dev/null || break
        sleep 0.1
    done
    supervisor_pid >/dev/null || { tail_log supervisord; die "o supervisord não subiu"; }
    wait_pg
    create_roles || die "não se criaram os papéis do banco"
    balcao migrate >"$LOG/migrate.log" 2>&1 || { tail_log migrate; die "a migração falhou"; }
    if [ "$DEMO" != 0 ]; then
        balcao seed demo >"$LOG/seed.log" 2>&1 || { tail_log seed; die "o seed falhou"; }
        write_graph_env
    fi
    start_programs 'app:*'
    wait_health
    [ "$DEMO" = 0 ] || wait_page graph phone
    [ "$MAIL" = 0 ] || wait_page mail mail
}

# até o caminho responder 200, ou passar o prazo; status é de quem chama
wait_200() {
    local end=$((SECONDS + ${HEALTH_WAIT_S:-30}))
    while [ $SECONDS -lt $end ]; do
        status=$(http_status "$1" 2>/dev/null || echo 0)
        [ "$status" != 200 ] || return 0
        sleep 0.2
    done
    return 1
}

wait_health() {
    local status=0
    ! wait_200 /api/v1/health || return 0
    supervisor status >&2 || :
    tail_log system
    tail_log nginx
    tail_log nginx.error
    tail_log apache.error
    die "$BASE_URL/api/v1/health responde $status"
}

# node e python demoram mais que o resto, e os endereços já vão na tela
wait_page() {
    local status=0
    wait_200 "/demo/$2" || {
        tail_log "$1"
        die "$BASE_URL/demo/$2 responde $status"
    }
}

print_banner() {
    say ""
    say "  Balcão no ar:   $BASE_URL   ($FRONT)"
    if [ "$DEMO" != 0 ]; then
        say "  Entrar:         admin@demo.balcao ou agent@demo.balcao, senha balcao-demo"
        say "  Celular:        $BASE_URL/demo/phone   (o cliente, para experimentar)"
        [ "$MAIL" = 0 ] ||
            say "  E-mails:        $BASE_URL/demo/mail    (os que saíram daqui)"
        say ""
        balcao demo-info | sed 's/^/  /'
    fi
    say ""
    say "  Logs:           $LOG"
}

refuse_second() {
    supervisor_pid >/dev/null || return 0
    load_state
    die "já está no ar em $BASE_URL (para parar: make stop$VAR_HINT)"
}

# uma subida por vez no mesmo VAR
lock() {
    mkdir -p "$HOME_DIR"
    exec 9>"$HOME_DIR/.lock"
    flock -n 9 || die "outra subida está em andamento em $HOME_DIR"
}

before_start() {
    check_request
    [ ! -f "$ETC/supervisord.conf" ] || refuse_second
    check_port
    lock
    prepare
}

cmd_up() {
    before_start
    trap 'stop_all' EXIT
    supervisord -c "$ETC/supervisord.conf" 9>&- >"$LOG/supervisord.out" 2>&1 ||
        { cat "$LOG/supervisord.out" >&2; die "o supervisord não começou"; }
    bring_up
    trap - EXIT
    print_banner
    say "  Parar:          make stop$VAR_HINT"
}

cmd_run() {
    local pid
    before_start
    stopping=0
    # shellcheck disable=SC2317
    finish() {
        [ "$stopping" = 0 ] || return 0
        stopping=1
        trap '' INT TERM HUP
        say ""
        say "balcao: parando…"
        stop_all
        say "balcao: parado"
    }
    trap 'finish; exit 0' INT TERM HUP
    trap 'finish' EXIT
    # sessão própria: o Ctrl-C do terminal é nosso, não dele
    setsid setpriv --pdeathsig TERM -- supervisord -n -c "$ETC/supervisord.conf" \
        9>&- >"$LOG/supervisord.out" 2>&1 </dev/null &
    pid=$!
    bring_up
    print_banner
    say "  Parar:          Ctrl-C"
    if wait $pid; then
        say "balcao: parado de fora (make stop)"
        exit 0
    fi
    warn "o supervisord caiu"
    tail_log supervisord
    exit 1
}

cmd_down() {
    if ! supervisor_pid >/dev/null; then
        sweep_leftovers
        clear_stale_pg
        say "balcao: não estava no ar"
        return 0
    fi
    stop_all
    say "balcao: parado"
}

cmd_status() {
    supervisor_pid >/dev/null || { say "balcao: fora do ar"; exit 3; }
    say "balcao: no ar em $BASE_URL ($FRONT)"
    supervisor status
}

cmd_info() {
    [ -f "$HOME_DIR/balcao.conf" ] || die "nada em $VAR; rode make run ou make start"
    supervisor_pid >/dev/null || die "fora do ar; rode make start"
    [ "$DEMO" = 0 ] || balcao demo-info
    [ -z "${1:-}" ] || cat <<EOF
BASE_URL=$BASE_URL
FRONT=$FRONT
PORT=$PORT
STACK_DIR=$HOME_DIR
RUN_DIR=$RUN
LOG_DIR=$LOG
PG_BIN=$PG_BIN
PG_HOST=$RUN/pg
REDIS_SOCKET=$RUN/redis.sock
GRAPH_URL=$GRAPH_URL
MAIL_SOCKET=$RUN/mail.sock
CONF=$HOME_DIR/balcao.conf
EOF
}

cmd_purge() {
    cmd_down
    rm -rf "$RUN" "$HOME_DIR"
    [ ! -L "$VAR" ] || rm -f "$VAR"
}

command=${1:-}
[ $# = 0 ] || shift
choose_places
case $command in
    run | up) "cmd_$command" ;;
    down | status | wait | info | ctl | psql | seed | purge | env)
        APP_BUILD=$BUILD
        [ "$STAGED" = 0 ] || APP_BUILD=$APP/build
        load_state
        [ "$command" = down ] || [ "$command" = purge ] || find_pg_bin
        case $command in
            wait) wait_health ;;
            ctl) control "$@" ;;
            seed)
                supervisor_pid >/dev/null || die "fora do ar; rode make start"
                balcao seed "${1:-demo}" ;;
            psql) run_psql -U postgres -d balcao "$@" ;;
            *) "cmd_$command" "$@" ;;
        esac ;;
    *)
        sed -n '2,18s/^# \{0,1\}//p' "$0"
        exit 2 ;;
esac
