#!/usr/bin/env bash
# Tudo que se confere sem rodar: avisos como erros nos dois compiladores,
# formato, camadas, tamanhos, SQL e scripts. Uso: tests/lint.sh BUILD
set -uo pipefail
BUILD=${1:-build}
failed=0
say() { printf '%s\n' "$*"; }
bad() { say "lint: $*"; failed=1; }
mapfile -t SOURCES < <(git ls-files 'src/*.c' 'cgi-bin/*.c' 'tests/unit/*.c' 'tests/api/*.c' 'tests/fuzz/*.c')
mapfile -t LAYERED < <(git ls-files 'src/*.[ch]')
mapfile -t PROGRAMS < <(git ls-files 'src/*.c' 'cgi-bin/*.c')
mapfile -t HEADERS < <(git ls-files 'src/*.h' 'tests/api/*.h')
FLAGS=(-std=c17 -D_GNU_SOURCE -Wall -Wextra -Werror -fsyntax-only -Isrc "-I$BUILD" -Itests/api)
read -ra PKG <<<"$(pkg-config --cflags libpq json-c libjwt libcurl hiredis libcrypto)"

say '== avisos: gcc e clang'
printf '%s\n' "${SOURCES[@]}" | xargs -P2 -I{} gcc "${FLAGS[@]}" "${PKG[@]}" {} || bad 'gcc'
printf '%s\n' "${SOURCES[@]}" | xargs -P2 -I{} clang "${FLAGS[@]}" "${PKG[@]}" {} || bad 'clang'

say '== formato'
clang-format --dry-run -Werror "${SOURCES[@]}" "${HEADERS[@]}" 2>&1 | grep -E 'error:' | cut -d: -f1 | sort | uniq -c | head -20
[ "${PIPESTATUS[0]}" = 0 ] || bad 'formato: rode `make format`'

say '== camadas: as setas só descem'
awk '
    BEGIN {
        split("base:0 http:1 db:1 cache:1 auth:2 live:2 jobs:2 view:2 desk:3 channel:3 bot:3 monitor:3 app:4 cli:5", pairs, " ")
        for (i in pairs) { split(pairs[i], p, ":"); level[p[1]] = p[2] }
    }
    FNR == 1 { n = split(FILENAME, part, "/"); here = part[1] == "src" ? part[2] : "cgi-bin" }
    /^#include "/ {
        split($2, q, "[\"/]"); to = q[2]
        if (here == "cgi-bin" || here == "tools" || !(to in level)) next
        if (level[to] > level[here]) { print FILENAME ":" FNR ": " here " não pode incluir " to; bad = 1 }
        if (here == "desk" && to == "http") { print FILENAME ":" FNR ": desk não conhece HTTP"; bad = 1 }
    }
    END { exit bad }' "${LAYERED[@]}" || bad 'camadas'

say '== tamanhos: arquivo até 800 linhas, função até 80'
for f in "${SOURCES[@]}" "${HEADERS[@]}"; do
    n=$(wc -l <"$f")
    [ "$n" -le 800 ] || bad "$f: $n linhas"
done
awk 'FNR == 1 { open = 0 }
    /^[a-z_]+\(.*$/ && !/;$/ { name = $0; start = FNR }
    /^{/ { open = FNR }
    /^}/ && open { if (FNR - open > 80) { print FILENAME ":" open ": " FNR - open " linhas: " name; bad = 1 } open = 0 }
    END { exit bad }' "${PROGRAMS[@]}" || bad 'funções longas'

say '== SQL'
git grep -nE 'PQexec|PQsend' -- 'src/*.c' 'cgi-bin/*.c' ':!src/db' && bad 'libpq fora de src/db'
git grep -niE 'select +\*|\boffset\b' -- 'sql/queries/*.sql' | grep -v -- '-- ' && bad 'SELECT * ou OFFSET em consulta'

say '== cppcheck'
cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,portability --inline-suppr \
    --suppress=missingIncludeSystem --suppress=unknownMacro -j2 -D_GNU_SOURCE -Isrc "-I$BUILD" src cgi-bin || bad 'cppcheck'

if command -v shellcheck >/dev/null; then
    say '== shellcheck'
    mapfile -t SCRIPTS < <(git ls-files '*.sh' .ci/run)
    shellcheck -S warning -x "${SCRIPTS[@]}" || bad 'shellcheck'
fi
[ $failed = 0 ] && say 'lint: tudo em ordem'
exit $failed
