#!/bin/bash
# deps.sh - instala o que falta para compilar, rodar ou testar o Balcão num
# Debian 12: pacotes do sistema por apt, pacotes de página por npm.
#   conf/stack/deps.sh [build] [run] [apache] [test] [lint] [attack]
# Só age quando falta algo; não encosta em serviço que já existia, e o que o
# Debian liga sozinho ao instalar fica desligado.
set -euo pipefail
SELF=$(realpath "$0")
cd "$(dirname "$SELF")/../.."

say() { printf '%s\n' "$*"; }
die() { printf 'deps: %s\n' "$*" >&2; exit 1; }

# comando-ou-arquivo=pacote: nada é perguntado ao dpkg se o arquivo existe
set_build() {
    echo /usr/bin/gcc=gcc /usr/bin/make=make /usr/bin/pkg-config=pkg-config \
        /usr/include/stdlib.h=libc6-dev /usr/include/fcgiapp.h=libfcgi-dev \
        /usr/include/postgresql/libpq-fe.h=libpq-dev \
        /usr/include/json-c/json.h=libjson-c-dev /usr/include/jwt.h=libjwt-dev \
        /usr/include/*/curl/curl.h=libcurl4-openssl-dev \
        /usr/include/hiredis/hiredis.h=libhiredis-dev \
        /usr/include/openssl/evp.h=libssl-dev /usr/include/crypt.h=libcrypt-dev \
        /usr/include/crack.h=libcrack2-dev \
        /usr/sbin/cracklib-format=cracklib-runtime \
        /usr/include/liboath/oath.h=liboath-dev \
        /usr/include/qrencode.h=libqrencode-dev /usr/include/zip.h=libzip-dev \
        /usr/include/gd.h=libgd-dev /usr/include/webp/decode.h=libwebp-dev \
        /usr/include/magic.h=libmagic-dev /usr/bin/msgfmt=gettext \
        /usr/include/xlsxwriter.h=libxlsxwriter-dev \
        /usr/include/libxml2/libxml/HTMLparser.h=libxml2-dev
    command -v node >/dev/null || echo node=nodejs
    command -v npm >/dev/null || echo npm=npm
}
set_run() {
    compgen -G '/usr/lib/postgresql/1[5-9]/bin/postgres' >/dev/null ||
        echo /usr/lib/postgresql/15/bin/postgres=postgresql-15
    echo /usr/bin/redis-server=redis-server /usr/sbin/nginx=nginx \
        /usr/lib/nginx/modules/ngx_nchan_module.so=libnginx-mod-nchan \
        /usr/bin/ffmpeg=ffmpeg /usr/bin/spawn-fcgi=spawn-fcgi /usr/bin/multiwatch=multiwatch \
        /usr/bin/supervisord=supervisor /usr/bin/setpriv=util-linux \
        /usr/sbin/cracklib-format=cracklib-runtime \
        /usr/lib/python3/dist-packages/aiosmtpd/smtp.py=python3-aiosmtpd
    command -v node >/dev/null || echo node=nodejs
}
set_apache() {
    echo /usr/sbin/apache2=apache2 \
        /usr/lib/apache2/modules/mod_fcgid.so=libapache2-mod-fcgid
}
set_test() {
    set_apache
    echo /usr/bin/chromium=chromium /usr/include/cmocka.h=libcmocka-dev \
        /usr/bin/wrk=wrk /usr/bin/cgi-fcgi=libfcgi-bin
}

set_attack() {
    echo /usr/bin/sqlmap=sqlmap /usr/bin/script=bsdutils
}

set_lint() { # e o fuzz
    echo /usr/bin/clang=clang /usr/bin/clang-tidy=clang-tidy \
        /usr/bin/clang-format=clang-format /usr/bin/cppcheck=cppcheck \
        /usr/lib/llvm-14/lib/clang/14*/lib/linux/libclang_rt.fuzzer-*.a=libclang-rt-14-dev \
        /usr/bin/shellcheck=shellcheck
}

missing_packages() {
    local pair file
    for name in "$@"; do
        for pair in $("set_$name"); do
            file=${pair%=*}
            case $file in
                /*) compgen -G "$file" >/dev/null || echo "${pair##*=}" ;;
                *) command -v "$file" >/dev/null || echo "${pair##*=}" ;;
            esac
        done
    done | sort -u
}

# Com o nchan carregado o nginx quer esta pasta, que ninguém usa; só root a
# cria, e num sistema que nunca ligou o nginx ela falta a quem não é root.
NGINX_BODY=/var/lib/nginx/body
lacks_nginx_body() {
    [ "$(id -u)" != 0 ] && [ ! -d "$NGINX_BODY" ] && [[ " $* " = *" run "* ]]
}

# ---- a parte de root ----

# O que se instala não pode subir sozinho: nem agora, nem no próximo boot.
undo=()
cleanup() {
    local f
    for f in "${undo[@]}"; do rm -f "$f"; done
    rmdir --ignore-fail-on-non-empty /etc/postgresql-common/createcluster.d \
        /etc/postgresql-common 2>/dev/null || :
}
hold_services() {
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        undo+=(/usr/sbin/policy-rc.d)
        printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
        chmod 755 /usr/sbin/policy-rc.d
    fi
    if [ ! -e /usr/bin/pg_createcluster ]; then
        local conf=/etc/postgresql-common/createcluster.d/balcao.conf
        mkdir -p "${conf%/*}"
        undo+=("$conf")
        echo 'create_main_cluster = false' >"$conf"
    fi
}
disable_new() {
    local unit
    for unit in "$@"; do
        if [ -d /run/systemd/system ]; then
            systemctl disable --quiet "$unit" 2>/dev/null || :
        elif [ -e "/etc/init.d/$unit" ]; then
            update-rc.d "$unit" disable >/dev/null 2>&1 || :
        fi
    done
}
install_apt() {
    local unit log new=()
    [ $# -gt 0 ] || return 0
    for unit in nginx redis-server postgresql apache2 supervisor; do
        [ -e "/etc/init.d/$unit" ] || new+=("$unit")
    done
    trap cleanup EXIT
    hold_services
    export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
    say "deps: apt-get update"
    apt-get update -qq || die "apt-get update falhou (sem rede?)"
    say "deps: instalando $*"
    log=$(mktemp)
    undo+=("$log")
    apt-get install -y -qq --no-install-recommends "$@" >"$log" 2>&1 || {
        tail -n 30 "$log" >&2
        die "apt-get install falhou"
    }
    disable_new "${new[@]}"
}
as_root() {
    install_apt "$@"
    [ ! -d "${NGINX_BODY%/*}" ] || [ -d "$NGINX_BODY" ] ||
        install -d -m 700 -o www-data "$NGINX_BODY"
}

if [ "${1:-}" = --as-root ]; then
    shift
    as_root "$@"
    exit
fi

install_packages() {
    local packages by_hand=
    mapfile -t packages < <(missing_packages "$@")
    [ ${#packages[@]} -gt 0 ] || lacks_nginx_body "$@" || return 0
    [ ${#packages[@]} = 0 ] || {
        command -v apt-get >/dev/null ||
            die "faltam os pacotes ${packages[*]}, e aqui não há apt-get"
        by_hand="
  apt-get install --no-install-recommends ${packages[*]}"
    }
    ! lacks_nginx_body "$@" || by_hand+="
  install -d -m 700 -o www-data $NGINX_BODY"
    if [ "$(id -u)" = 0 ]; then
        "$SELF" --as-root "${packages[@]}"
    elif command -v sudo >/dev/null; then
        say "deps: faltam ${packages[*]:-pastas do nginx}; usando sudo"
        sudo "$SELF" --as-root "${packages[@]}" || die "rode como root:$by_hand"
    else
        die "falta o que só root instala, e não há sudo; rode como root:$by_hand"
    fi
    mapfile -t packages < <(missing_packages "$@")
    [ ${#packages[@]} = 0 ] || die "ainda faltam: ${packages[*]}"
}

# npm só quando a lista mudou desde a última vez
npm_install() {
    local dir=$1 mark sum
    [ -f "$dir/package-lock.json" ] || return 0
    mark=$dir/node_modules/.balcao-lock
    sum=$(sha256sum <"$dir/package-lock.json")
    [ "$(cat "$mark" 2>/dev/null)" != "$sum" ] || return 0
    say "deps: npm ci em $dir"
    (cd "$dir" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error) ||
        die "npm ci falhou em $dir"
    echo "$sum" >"$mark"
}

[ $# -gt 0 ] || set -- build run
for name in "$@"; do
    declare -F "set_$name" >/dev/null || die "não conheço o grupo $name"
done
install_packages "$@"
for name in "$@"; do
    case $name in
        build) npm_install templates ;;
        test) npm_install tests ;;
    esac
done
