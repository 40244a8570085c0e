# shellcheck shell=bash
# lib-group.sh - o que sobrou de um programa que morreu sem cuidar dos filhos.

# O grupo tem alguém vivo? (zumbi à espera do init não conta)
group_alive() {
    local f stat
    kill -0 -- "-$1" 2>/dev/null || return 1
    for f in /proc/[0-9]*/stat; do
        stat=$(cat "$f" 2>/dev/null) || continue
        stat=${stat##*) }
        # estado, pai, grupo
        # shellcheck disable=SC2086
        set -- "$1" $stat
        if [ "$4" = "$1" ] && [ "$2" != Z ]; then return 0; fi
    done
    return 1
}

# Encerra o grupo anotado em $1 ("boot pgid"). O número só vale no mesmo boot,
# e o sistema não o reusa enquanto o grupo tiver alguém: é mesmo nosso.
end_marked_group() {
    local boot pgid
    [ -f "$1" ] || return 0
    read -r boot pgid <"$1" || return 0
    [ "$boot" = "$(cat /proc/sys/kernel/random/boot_id)" ] || return 0
    if [ "$pgid" = $$ ] || ! group_alive "$pgid"; then return 0; fi
    kill -TERM -- "-$pgid" 2>/dev/null || :
    for _ in $(seq 25); do
        group_alive "$pgid" || return 0
        sleep 0.2
    done
    kill -KILL -- "-$pgid" 2>/dev/null || :
}
