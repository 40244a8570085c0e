#!/bin/bash
# run.sh - põe um programa no ar para o supervisord, sem deixar órfãos.
#   run.sh NOME [-d SINAL] [-e AMBIENTE] [-s SOQUETE]... -- comando...
# Se o dono anterior levou um kill -9, o que sobrou do grupo dele (filhos do
# multiwatch, do nginx) ainda segura o soquete ou a porta: sai primeiro.
set -eu

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

# O número do grupo só vale no mesmo boot, e não é reusado enquanto o grupo
# tiver alguém; quem está nele é mesmo resto nosso.
boot=$(cat /proc/sys/kernel/random/boot_id)
mark=$RUN/pgid/$name
if [ -f "$mark" ]; then
    read -r old_boot old_pgid <"$mark" || :
    if [ "${old_boot:-}" = "$boot" ] && [ "${old_pgid:-0}" != $$ ] &&
       kill -0 -- "-$old_pgid" 2>/dev/null; then
        kill -TERM -- "-$old_pgid" 2>/dev/null || :
        for _ in $(seq 50); do
            kill -0 -- "-$old_pgid" 2>/dev/null || break
            sleep 0.1
        done
        kill -KILL -- "-$old_pgid" 2>/dev/null || :
    fi
fi
echo "$boot $$" >"$mark"
[ ${#sockets[@]} = 0 ] || rm -f -- "${sockets[@]}"
unset BALCAO_RUN
# Se o supervisord morrer de repente, ninguém fica para trás.
exec setpriv --pdeathsig "$death" -- "$@"
