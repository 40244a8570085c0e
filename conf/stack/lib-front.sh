# shellcheck shell=bash disable=SC2034,SC2153
# lib-front.sh - a frente da pilha: rende os arquivos de nginx/ e apache/ com
# os lugares dela. FRONT escolhe entre as cinco.

FRONTS="nginx-nchan nginx apache-proxy apache-fcgid apache-cgi"

# troca @NOME@ pelo valor; o que restar entre arrobas é erro nosso
render() {
    local from=$1 to=$2 text name
    text=$(<"$from")
    for name in VAR RUN LOG ETC MAPS STATIC CGI CONF LISTEN VHOST SERVER_NAME \
        BODY_MAX BODY_MAX_BYTES USER WORKERS CONNECTIONS NOFILE LOAD_NCHAN \
        MODULES LOAD PREFIX HANDLERS HANDLER FCGI FCGI_NAMES LOCATIONS \
        WALL_RATE WALL_BURST WALL_CONNECTIONS WALL_LOOPBACK; do
        text=${text//"@$name@"/"${R[$name]:-}"}
    done
    printf '%s\n' "$text" >"$to"
    ! grep -nE '(^|[^%])@[A-Z_]+@' "$to" >&2 || die "sobrou nome sem valor em $to"
}

render_dir() {
    local from=$1 to=$2 f
    mkdir -p "$to"
    for f in "$from"/*; do
        [ ! -f "$f" ] || render "$f" "$to/${f##*/}"
    done
}

has_ipv6() { grep -q '^0\{31\}1 ' /proc/net/if_inet6 2>/dev/null; }

# endereços em que se escuta, na língua de cada servidor
listen_lines() {
    local fmt=$1
    # shellcheck disable=SC2059
    case $BIND in
        127.0.0.1 | localhost)
            printf "$fmt\n" "127.0.0.1:$PORT"
            ! has_ipv6 || printf "$fmt\n" "[::1]:$PORT" ;;
        *) printf "$fmt\n" "$BIND:$PORT" ;;
    esac
}

# O primeiro muro do nginx, por endereço: pedidos por segundo, rajada, conexões
# ao mesmo tempo. A própria máquina fica fora, a não ser com WALL_LOOPBACK.
set_wall() {
    R[WALL_RATE]=${WALL_RATE:-200}
    R[WALL_BURST]=${WALL_BURST:-400}
    R[WALL_CONNECTIONS]=${WALL_CONNECTIONS:-1000}
    R[WALL_LOOPBACK]=${WALL_LOOPBACK:-}
}

set_values() {
    local limit
    declare -gA R
    limit=$(ulimit -Hn)
    [ "$limit" != unlimited ] || limit=65536
    [ "$limit" -le 65536 ] || limit=65536
    ulimit -n "$limit" 2>/dev/null || :
    NOFILE=$limit
    R=([VAR]=$HOME_DIR [RUN]=$RUN [LOG]=$LOG [ETC]=$ETC [MAPS]=$ETC/maps
       [STATIC]=$APP_BUILD/static [CGI]=$APP_BUILD/cgi-bin
       [CONF]=$HOME_DIR/balcao.conf [SERVER_NAME]=localhost
       [BODY_MAX]=102m [BODY_MAX_BYTES]=106954752 [NOFILE]=$limit
       [CONNECTIONS]=$((limit / 2 > 16384 ? 16384 : limit / 2)))
    set_wall
}

front_nginx() {
    local site=balcao-nonchan.conf
    R[LISTEN]=$(listen_lines '    listen %s backlog=4096;')
    R[WORKERS]=auto
    if [ "$FRONT" = nginx-nchan ]; then
        site=balcao.conf
        R[WORKERS]=1
        R[LOAD_NCHAN]="load_module /usr/lib/nginx/modules/ngx_nchan_module.so;"
    fi
    ! is_root || R[USER]="user $APP_USER $APP_GROUP;"
    mkdir -p "$ETC/nginx/snippets" "$ETC/maps/nginx"
    render_dir "$REPO/nginx/snippets" "$ETC/nginx/snippets"
    render "$REPO/nginx/$site" "$ETC/nginx/site.conf"
    render "$REPO/conf/stack/nginx.main.conf" "$ETC/nginx/nginx.conf"
    render "$BUILD/nginx/locations.conf" "$ETC/maps/nginx/locations.conf"
    [ "$DEMO" = 0 ] ||
        render "$REPO/conf/stack/demo-nginx.conf" "$ETC/site.d/nginx-demo.conf"
    [ "$MAIL" = 0 ] || render "$REPO/conf/stack/demo-mail-nginx.conf" \
        "$ETC/site.d/nginx-demo-mail.conf"
    rm -f "$RUN/nchan/nchan.sock"
    nginx -t -q -p "$HOME_DIR/" -c "$ETC/nginx/nginx.conf" -e "$LOG/nginx.error.log" ||
        die "a configuração do nginx não passou"
    rm -f "$RUN/nchan/nchan.sock"
}

front_apache() {
    local site=proxy_fcgi.conf m=/usr/lib/apache2/modules load=
    R[LISTEN]=$(listen_lines 'Listen %s')
    R[VHOST]="*:$PORT"
    R[MODULES]=$m
    case $FRONT in
        apache-fcgid)
            site=fcgid.conf
            load="LoadModule fcgid_module $m/mod_fcgid.so" ;;
        apache-cgi)
            site=cgi.conf
            load="LoadModule cgid_module $m/mod_cgid.so"$'\n'"ScriptSock \"$RUN/cgid.sock\"" ;;
    esac
    R[LOAD]=$load
    ! is_root || R[USER]="User $APP_USER"$'\n'"Group $APP_GROUP"
    mkdir -p "$ETC/apache" "$ETC/maps/apache"
    cp -r "$REPO/apache/problem" "$ETC/apache/"
    render "$REPO/apache/common.conf" "$ETC/apache/common.conf"
    render "$REPO/apache/headers.conf" "$ETC/apache/headers.conf"
    render "$REPO/apache/$site" "$ETC/apache/site.conf"
    render "$REPO/conf/stack/apache.main.conf" "$ETC/apache/apache.conf"
    for f in proxy fcgid; do
        render "$BUILD/apache/$f-locations.conf" "$ETC/maps/apache/$f-locations.conf"
    done
    [ "$DEMO" = 0 ] ||
        render "$REPO/conf/stack/demo-apache.conf" "$ETC/site.d/apache-demo.conf"
    # vem antes na ordem dos nomes, e o Apache fica com o primeiro que casa
    [ "$MAIL" = 0 ] || render "$REPO/conf/stack/demo-mail-apache.conf" \
        "$ETC/site.d/apache-demo-mail.conf"
    apache2 -t -f "$ETC/apache/apache.conf" 2>"$LOG/apache.log" || {
        tail_log apache
        die "a configuração do Apache não passou"
    }
}

write_front() {
    rm -f "$ETC"/site.d/*-demo.conf "$ETC"/site.d/*-demo-mail.conf
    set_values
    case $FRONT in
        nginx*) front_nginx ;;
        apache*) front_apache ;;
    esac
}
