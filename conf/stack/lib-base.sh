# shellcheck shell=bash disable=SC2034
# lib-base.sh - lugares, donos e mensagens de uma pilha. Usado por stack.sh.

say() { printf '%s\n' "$*"; }
warn() { printf 'balcao: %s\n' "$*" >&2; }
die() { warn "$@"; exit 1; }

is_root() { [ "$(id -u)" = 0 ]; }

# roda como o dono certo; sem root, tudo é do próprio usuário
as_user() {
    local user=$1
    shift
    if is_root && [ "$user" != root ]; then
        (cd / && exec setpriv --reuid="$user" --regid="$(id -g "$user")" \
            --init-groups -- "$@")
    else
        "$@"
    fi
}

# Como root: `balcao` se o sistema já tem esse usuário (make install), senão
# www-data, que todo Debian tem; make run não cria usuário nenhum.
choose_users() {
    if is_root; then
        PG_USER=postgres
        APP_USER=www-data
        ! id balcao >/dev/null 2>&1 || APP_USER=balcao
    else
        PG_USER=$(id -un)
        APP_USER=$PG_USER
    fi
    APP_GROUP=$(id -gn "$APP_USER")
}

# O primeiro pai que existe: dali para baixo nós é que criamos.
existing_parent() {
    local p=$1
    while [ ! -e "$p" ]; do p=$(dirname "$p"); done
    printf '%s\n' "$p"
}

can_reach() { as_user "$1" test -x "$(existing_parent "$2")"; }

# Repositório em /root: nem postgres nem www-data entram. A pilha vai então
# para /var/lib, com um atalho em VAR, e o que se compilou é copiado para lá.
choose_places() {
    local hash
    case $VAR in
        *[!A-Za-z0-9_./+-]*) die "VAR com caracteres que não servem: $VAR" ;;
    esac
    hash=$(printf %s "$VAR" | cksum | cut -d' ' -f1)
    HOME_DIR=$VAR
    if [ -L "$VAR" ]; then
        HOME_DIR=$(realpath -m "$VAR")
    elif ! can_reach "$APP_USER" "$VAR" || ! can_reach "$PG_USER" "$VAR"; then
        HOME_DIR=/var/lib/balcao-stacks/$hash
        [ ! -e "$VAR" ] || die "$VAR existe, mas $APP_USER não entra lá"
    fi
    RUN=$HOME_DIR/run
    # caminho de soquete unix cabe em 107 letras
    if [ $((${#RUN} + 24)) -gt 107 ]; then
        RUN=/tmp/balcao-$(id -u)-$hash
        is_root && RUN=/run/balcao-$hash
    fi
    LOG=$HOME_DIR/log
    ETC=$HOME_DIR/etc
    APP=$REPO
    STAGED=0
    if ! can_reach "$APP_USER" "$BUILD/cgi-bin" ||
       ! as_user "$APP_USER" test -r "$REPO/templates"; then
        APP=$HOME_DIR/app
        STAGED=1
    fi
}

# cria pasta com dono e modo
make_dir() {
    local mode=$1 user=$2
    shift 2
    if is_root; then
        install -d -m "$mode" -o "$user" -g "$(id -gn "$user")" -- "$@"
    else
        install -d -m "$mode" -- "$@"
    fi
}

make_places() {
    local old
    make_dir 755 "$(id -un)" "$HOME_DIR" "$LOG" "$ETC" "$ETC/site.d"
    [ "$HOME_DIR" = "$VAR" ] || [ -L "$VAR" ] || {
        mkdir -p "$(dirname "$VAR")"
        ln -s "$HOME_DIR" "$VAR"
    }
    if [ "$RUN" != "$HOME_DIR/run" ]; then
        if [ -e "$RUN" ] && [ ! -O "$RUN" ] && ! is_root; then
            die "$RUN é de outro usuário"
        fi
        ln -sfn "$RUN" "$HOME_DIR/run"
    fi
    make_dir 711 "$APP_USER" "$RUN"
    make_dir 1777 "$(id -un)" "$RUN/pgid"
    make_dir 755 "$PG_USER" "$RUN/pg"
    make_dir 750 "$APP_USER" "$RUN/nchan" "$RUN/fcgid" "$HOME_DIR/graph" \
        "$HOME_DIR/mail" "$HOME_DIR/media"
    make_dir 755 "$APP_USER" "$HOME_DIR/tmp"
    for old in "$ETC/nginx" "$ETC/apache" "$ETC/maps"; do rm -rf "$old"; done
    [ "$STAGED" = 0 ] || stage_app
}

# cópia do que os programas leem, para quem não entra no repositório
stage_app() {
    rm -rf "$APP.new"
    mkdir -p "$APP.new/build/nginx" "$APP.new/tests" "$APP.new/conf"
    cp -r "$BUILD/cgi-bin" "$BUILD/bin" "$APP.new/build/"
    for d in static locale nginx apache; do
        [ ! -d "$BUILD/$d" ] || cp -r "$BUILD/$d" "$APP.new/build/"
    done
    tar -C "$REPO" --exclude=node_modules -cf - templates | tar -C "$APP.new" -xf -
    cp -r "$REPO/sql" "$APP.new/"
    cp -r "$REPO/conf/stack" "$APP.new/conf/"
    [ ! -d "$REPO/tests/standins" ] || cp -r "$REPO/tests/standins" "$APP.new/tests/"
    chmod -R a+rX "$APP.new"
    rm -rf "$APP"
    mv "$APP.new" "$APP"
}

random_hex() { od -An -vtx1 -N"$1" /dev/urandom | tr -d ' \n'; }

# um valor sorteado uma vez e guardado
keep() {
    local file=$1
    shift
    [ -s "$file" ] || (umask 077 && "$@" >"$file.new" && mv "$file.new" "$file")
    cat "$file"
}

port_open() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }

free_port() {
    local p
    for _ in $(seq 200); do
        p=$((20000 + RANDOM % 12000))
        port_open 127.0.0.1 $p || { echo $p; return; }
    done
    die "não achei porta livre"
}

# a porta tem dono? com que mensagem?
check_port() {
    local low
    low=$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start 2>/dev/null || echo 1024)
    case $PORT in
        '' | *[!0-9]*) die "PORT não é um número: $PORT" ;;
    esac
    if [ "$PORT" -lt 1 ] || [ "$PORT" -gt 65535 ]; then
        die "PORT fora de 1..65535: $PORT"
    fi
    is_root || [ "$PORT" -ge "$low" ] ||
        die "só root abre a porta $PORT; escolha outra: PORT=8080"
    for a in 127.0.0.1 ::1 "$BIND"; do
        case $a in 0.0.0.0 | '*' | '::') continue ;; esac
        ! port_open "$a" "$PORT" ||
            die "a porta $PORT já tem dono ($a:$PORT responde); escolha outra, por exemplo PORT=$((PORT + 1))"
    done
}

# GET simples, sem curl: imprime o código da resposta
http_status() {
    local line
    exec 3<>"/dev/tcp/127.0.0.1/$PORT" || return 1
    printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' \
        "$1" "$PORT" >&3
    read -r -t 5 line <&3 || line=
    exec 3<&- 3>&-
    line=${line%$'\r'}           # sem frase de motivo, o CR vem colado no número
    line=${line#* }
    printf '%s\n' "${line%% *}"
}

tail_log() {
    local file=$LOG/$1.log
    [ -s "$file" ] || return 0
    printf -- '---- %s (fim) ----\n' "$file" >&2
    tail -n 25 "$file" >&2
}
