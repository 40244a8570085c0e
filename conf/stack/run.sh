#!/bin/bash
# run.sh - põe um programa no ar para o supervisord, sem deixar órfãos.
#   run.sh NOME [-d SINAL] [-e AMBIENTE] [-s SOQUETE]... -- comando...
# Se o dono anterior levou um kill -9, o que sobrou do grupo dele (filhos do
# multiwatch, do nginx) ainda segura o soquete ou a porta: sai primeiro.
set -eu

# shellcheck source=lib-group.sh
. "${0%/*}/lib-group.sh"
RUN=${BALCAO_RUN:?}
name=$1
shift
sockets=()
death=TERM
while [ "$1" != -- ]; do
    case $1 in
        -e) set -a
            # shellcheck disable=SC1090
            . "$2"
            set +a ;;
        -d) death=$2 ;;
        -s) sockets+=("$2") ;;
    esac
    shift 2
done
shift

mark=$RUN/pgid/$name
end_marked_group "$mark"
echo "$(cat /proc/sys/kernel/random/boot_id) $$" >"$mark"
[ ${#sockets[@]} = 0 ] || rm -f -- "${sockets[@]}"
unset BALCAO_RUN
# Se o supervisord morrer de repente, ninguém fica para trás.
exec setpriv --pdeathsig "$death" -- "$@"
