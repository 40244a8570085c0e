#!/usr/bin/env bash
# Tudo que se confere sem rodar o programa. Uso: tests/lint.sh BUILD [O QUE...]
# Sem nomes, faz todas as conferências abaixo; com nomes, só elas:
# warnings tidy cppcheck format layers sizes comments sql scripts
set -uo pipefail
BUILD=${1:-build}
shift
failed=0
JOBS=$(nproc)
bad() {
    printf 'lint: %s\n' "$*"
    failed=1
}
# As listas de arquivos: o que o git conhece, e não o que sobrou na pasta.
mapfile -t SOURCES < <(git ls-files 'src/*.c' 'cgi-bin/*.c' 'tests/*.c')
mapfile -t PROGRAMS < <(git ls-files 'src/*.c' 'cgi-bin/*.c')
mapfile -t HEADERS < <(git ls-files 'src/*.h' 'tests/*.h')
mapfile -t SCRIPTS < <(git ls-files '*.sh' .ci/run)
read -ra PKG <<<"$(pkg-config --cflags libpq json-c libjwt libcurl hiredis libcrypto libxml-2.0)"
FLAGS=(-std=c17 -D_GNU_SOURCE -Isrc "-I$BUILD" -Itests/api "${PKG[@]}")
WARN=(-Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes
    -Wold-style-definition -Wredundant-decls -Wvla -Wpointer-arith
    -Wcast-qual -Wwrite-strings -Wundef)

# Roda o comando para cada fonte, JOBS de cada vez.
each() { printf '%s\n' "${SOURCES[@]}" | xargs -P"$JOBS" -I{} "$@"; }

check_warnings() { # o gcc otimiza: vários avisos só nascem daí
    each gcc "${FLAGS[@]}" "${WARN[@]}" -O2 -D_FORTIFY_SOURCE=2 \
        -Wnull-dereference -Wlogical-op -Wduplicated-cond \
        -c -o /dev/null {} || bad 'avisos do gcc'
    each clang "${FLAGS[@]}" "${WARN[@]}" -fsyntax-only {} || bad 'avisos do clang'
}

check_tidy() { # o que se cobra está em .clang-tidy
    each clang-tidy --quiet {} -- "${FLAGS[@]}" \
        2> >(grep -vE 'warnings? generated') || bad 'clang-tidy'
}

check_cppcheck() {
    cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,portability \
        --inline-suppr --suppress=missingIncludeSystem --suppress=unknownMacro \
        -j"$JOBS" -D_GNU_SOURCE -Isrc "-I$BUILD" src cgi-bin || bad 'cppcheck'
}

check_format() {
    local rough
    rough=$(clang-format --dry-run "${SOURCES[@]}" "${HEADERS[@]}" 2>&1 |
        grep -oE '^[^:]+:[0-9]+' | cut -d: -f1 | sort | uniq -c)
    [ -z "$rough" ] && return
    printf '%s\n' "$rough"
    bad 'formato: rode make format'
}

check_layers() {
    git ls-files -z 'src/*.[ch]' 'cgi-bin/*.[ch]' |
        xargs -0 awk -f tests/lint/layers.awk || bad 'camadas'
}

check_sizes() {
    local f n
    for f in "${SOURCES[@]}" "${HEADERS[@]}" "${SCRIPTS[@]}"; do
        n=$(wc -l <"$f")
        if [ "$n" -gt 800 ]; then
            bad "$f: $n linhas"
        elif [ "$n" -gt 400 ]; then
            printf 'dica: %s tem %d linhas; divide-se bem?\n' "$f" "$n"
        fi
    done
    awk -f tests/lint/functions.awk "${PROGRAMS[@]}" || bad 'funções'
}

check_comments() {
    awk -f tests/lint/headers.awk "${HEADERS[@]}" || bad 'funções sem comentário'
}

check_sql() {
    git grep -nE 'PQexec|PQsend' -- 'src/*.c' 'cgi-bin/*.c' ':!src/db' &&
        bad 'libpq fora de src/db'
    git grep -niE 'select +\*|\boffset\b' -- 'sql/queries/*.sql' |
        grep -vE '^[^:]+:[0-9]+: *--' && bad 'SELECT * ou OFFSET em consulta'
}

check_scripts() {
    shellcheck -S warning -x "${SCRIPTS[@]}" || bad 'shellcheck'
}

[ $# -gt 0 ] || set -- warnings tidy cppcheck format layers sizes comments sql scripts
for check; do
    printf '== %s\n' "$check"
    "check_$check"
done
[ $failed = 0 ] && echo 'lint: tudo em ordem'
exit $failed
