#!/bin/bash
# install.sh - a instalação de produção, chamada pelo Makefile.
#   install.sh install|uninstall DESTDIR PREFIX BUILD
#   install.sh htaccess DEST CONF BUILD     (hospedagem compartilhada)
# Pode rodar de novo: nada em /etc/balcao que já existe é trocado, fora os
# sites de nginx e Apache, que saem das rotas desta versão.
set -euo pipefail
cd "$(dirname "$0")/../.."
REPO=$PWD
# shellcheck source=lib-base.sh
. conf/stack/lib-base.sh
# shellcheck source=lib-front.sh
. conf/stack/lib-front.sh

UNITS="balcao.target balcao-fcgi@.service balcao-work.service \
balcao-relay.service balcao-cleanup.service balcao-cleanup.timer"

count_of() { awk -v h="$1" '$1 == h { print $2 }' conf/stack/processes; }

production_values() {
    declare -gA R
    R=([RUN]=/run/balcao [ETC]=/etc/balcao [MAPS]=$SHARE/maps
       [STATIC]=$SHARE/static [CGI]=$LIB/cgi-bin [CONF]=/etc/balcao/balcao.conf
       [SERVER_NAME]=_ [BODY_MAX]=102m [BODY_MAX_BYTES]=106954752 [VHOST]='*:80'
       [LISTEN]=$'    listen 80;\n    listen [::]:80;' [LOG]=/var/log/balcao
       [VAR]=/var/lib/balcao [PREFIX]=$PREFIX)
    set_wall
}

install_programs() {
    install -d "$D$LIB/cgi-bin" "$D$PREFIX/bin" "$D$SHARE"
    rm -f "$D$LIB"/cgi-bin/*.fcgi # os de uma versão com outros nomes
    install -m 755 "$BUILD"/cgi-bin/*.fcgi "$D$LIB/cgi-bin/"
    install -m 644 "$BUILD/cgi-bin/openapi.json" "$D$LIB/cgi-bin/"
    install -m 755 "$BUILD/bin/balcao" "$D$PREFIX/bin/"
    rm -rf "$D$SHARE"/{templates,static,sql,locale,maps}
    install_data "$D$SHARE"
    cp -r "$BUILD/static" "$D$SHARE/"
    chmod -R a+rX "$D$SHARE"
}

# páginas, SQL e traduções: install_data PASTA
install_data() {
    tar -C "$REPO" --exclude=node_modules --exclude=static --exclude='*.mjs' \
        --exclude='package*.json' --exclude='*.mk' --exclude=locale \
        --exclude=templates/readme \
        -cf - templates sql | tar -C "$1" -xf - --no-same-owner
    cp -r "$BUILD/locale" "$1/"
    rm -f "$1"/locale/*.pot
}

# o exemplo com as pastas certas:
# example_conf DADOS PROGRAMAS MÉTRICAS ARQUIVOS [ESTÁTICOS]
example_conf() {
    printf '# Ajuste; "balcao config check" confere.\n'
    BALCAO_CONF=/dev/null "$BUILD/bin/balcao" config example 2>/dev/null |
        sed -E "s|^#? ?template_dir = .*|template_dir = $1/templates|
            s|^#? ?static_dir = .*|static_dir = ${5:-$1/static}|
            s|^#? ?locale_dir = .*|locale_dir = $1/locale|
            s|^#? ?migration_dir = .*|migration_dir = $1/sql/migrations|
            s|^#? ?seed_dir = .*|seed_dir = $1/sql/seeds|
            s|^#? ?cgi_dir = .*|cgi_dir = $2|
            s|^#? ?metrics_file = .*|metrics_file = $3|
            s|^#? ?media_dir = .*|media_dir = $4|"
}

install_sites() {
    local f
    mkdir -p "$D/etc/balcao/nginx/snippets" "$D/etc/balcao/apache/problem" \
        "$D/etc/balcao/site.d" "$D$SHARE/maps/nginx" "$D$SHARE/maps/apache"
    render_dir nginx/snippets "$D/etc/balcao/nginx/snippets"
    render_dir nginx "$D/etc/balcao/nginx"
    render_dir apache "$D/etc/balcao/apache"
    install -m 644 apache/problem/* "$D/etc/balcao/apache/problem/"
    for f in nginx/locations.conf apache/proxy-locations.conf apache/fcgid-locations.conf; do
        render "$BUILD/$f" "$D$SHARE/maps/$f"
    done
}

install_conf() {
    local example=$D/etc/balcao/balcao.conf.example f name
    example_conf "$SHARE" "$LIB/cgi-bin" /run/balcao/metrics "${R[VAR]}/media" >"$example"
    if [ ! -e "$D/etc/balcao/balcao.conf" ]; then
        install -m 640 "$example" "$D/etc/balcao/balcao.conf"
        if [ -z "$D" ] && is_root && id balcao >/dev/null 2>&1; then
            chgrp balcao "$D/etc/balcao/balcao.conf"
        fi
    fi
    for f in "$BUILD"/cgi-bin/*.fcgi; do
        name=$(basename "$f" .fcgi)
        [ -e "$D/etc/balcao/$name.env" ] ||
            printf 'PROCESSES=%s\n' "$(count_of "$name" | grep . || echo 1)" \
                >"$D/etc/balcao/$name.env"
    done
}

install_units() {
    local f unit names=
    install -d "$D$UNIT_DIR" "$D$PREFIX/lib/sysusers.d" "$D$PREFIX/lib/tmpfiles.d"
    for f in "$BUILD"/cgi-bin/*.fcgi; do
        names+="Wants=balcao-fcgi@$(basename "$f" .fcgi).service"$'\n'
    done
    R[HANDLERS]=$names
    supervisor_blocks
    for unit in $UNITS; do
        render "conf/systemd/$unit" "$D$UNIT_DIR/$unit"
    done
    render conf/systemd/sysusers.conf "$D$PREFIX/lib/sysusers.d/balcao.conf"
    render conf/systemd/tmpfiles.conf "$D$PREFIX/lib/tmpfiles.d/balcao.conf"
    install -d "$D$SHARE/examples"
    for f in conf/crontab.example conf/logrotate.example conf/supervisord.conf.example; do
        render "$f" "$D$SHARE/examples/${f##*/}"
    done
}

# um bloco do supervisord por programa, para quem não tem systemd
supervisor_blocks() {
    local f name
    R[FCGI]=
    R[FCGI_NAMES]=
    for f in "$BUILD"/cgi-bin/*.fcgi; do
        name=$(basename "$f" .fcgi)
        R[FCGI_NAMES]+=,balcao-$name
        R[FCGI]+=$(cat <<EOF
[program:balcao-$name]
command=/usr/bin/spawn-fcgi -n -b 1024 -M 0660 -u balcao -g balcao -U balcao -G www-data -s ${R[RUN]}/$name.sock -- /usr/bin/multiwatch -f $(count_of "$name" | grep . || echo 1) -- ${R[CGI]}/$name.fcgi
environment=BALCAO_CONF="${R[CONF]}"
autorestart=true
stopasgroup=true
redirect_stderr=true
stdout_logfile=${R[LOG]}/$name.log
EOF
)$'\n\n'
    done
}

cmd_install() {
    install_programs
    install_sites
    install_units
    if [ -z "$D" ] && is_root && command -v systemd-sysusers >/dev/null; then
        systemd-sysusers "$PREFIX/lib/sysusers.d/balcao.conf" || :
        systemd-tmpfiles --create "$PREFIX/lib/tmpfiles.d/balcao.conf" || :
    fi
    install_conf
    cat <<EOF
Instalado em $D$PREFIX. Agora, como root:
  1. banco:    cd /; for r in balcao_owner balcao_app; do sudo -u postgres createuser -P \$r; done
               sudo -u postgres createdb -O balcao_owner balcao
  2. ajuste    /etc/balcao/balcao.conf   (app_secret, database_url, database_owner_url, redis_url,
               base_url; com nchan, nchan_publish_socket = /run/balcao/nchan/nchan.sock)
  3. esquema:  balcao migrate
  4. programas: systemctl daemon-reload && systemctl enable --now balcao.target
     (sem systemd: $SHARE/examples/supervisord.conf.example ou o crontab)
  5. site:     /etc/balcao/nginx/balcao.conf ou /etc/balcao/apache/*.conf
EOF
}

cmd_uninstall() {
    local unit
    for unit in $UNITS; do rm -f "$D$UNIT_DIR/$unit"; done
    rm -f "$D$PREFIX/bin/balcao" "$D$PREFIX"/lib/{sysusers.d,tmpfiles.d}/balcao.conf
    rm -rf "$D$LIB" "$D$SHARE"
    say "tirado de $D$PREFIX; /etc/balcao ficou"
}

# public_html pronta: .htaccess, cgi-bin com um invólucro por programa, static.
# O resto (programas, páginas, SQL, balcao.conf) fica na pasta de CONF.
cmd_htaccess() {
    local dest=$1 conf=$2 home real f name
    [ -n "$dest" ] || die "uso: make htaccess DEST=public_html CONF=/home/voce/balcao/balcao.conf"
    mkdir -p "$dest/cgi-bin" "$dest/static"
    dest=$(realpath "$dest")
    [ -n "$conf" ] || conf=$(dirname "$dest")/balcao/balcao.conf
    conf=$(realpath -m "$conf")
    home=${conf%/*}
    real=$home/cgi-bin
    case $home/ in "$dest"/*) die "CONF fica fora de DEST: guarda segredos" ;; esac
    mkdir -p "$real" "$home/bin"
    install -m 755 "$BUILD/bin/balcao" "$home/bin/"
    install_data "$home"
    for f in "$BUILD"/cgi-bin/*.fcgi; do
        name=${f##*/}
        install -m 755 "$f" "$real/$name"
        printf '#!/bin/sh\nBALCAO_CONF=%s exec %s/%s\n' "$conf" "$real" "$name" \
            >"$dest/cgi-bin/$name"
        chmod 755 "$dest/cgi-bin/$name"
    done
    install -m 644 "$BUILD/cgi-bin/openapi.json" "$real/"
    cp -r "$BUILD"/static/. "$dest/static/"
    declare -gA R
    R=([CONF]=$conf [LOCATIONS]=$(<"$BUILD/apache/htaccess-locations")
       [HANDLER]=${HANDLER:-AddHandler fcgid-script .fcgi})
    render apache/.htaccess "$dest/.htaccess"
    R[PREFIX]=$home
    render conf/crontab.example "$home/crontab.example"
    [ -e "$conf" ] || {
        example_conf "$home" "$real" "" "$home/media" "$dest/static" >"$conf"
        chmod 600 "$conf"
    }
    say "pronto em $dest. Ajuste $conf; depois: BALCAO_CONF=$conf $home/bin/balcao migrate, e crontab $home/crontab.example"
}

command=$1
if [ "$command" = htaccess ]; then
    BUILD=$4
    cmd_htaccess "$2" "$3"
    exit
fi
D=$2
PREFIX=$3
BUILD=$4
LIB=$PREFIX/lib/balcao
SHARE=$PREFIX/share/balcao
UNIT_DIR=$PREFIX/lib/systemd/system
[ "$PREFIX" != /usr ] || UNIT_DIR=/lib/systemd/system
production_values
"cmd_$command"
