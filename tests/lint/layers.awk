# layers.awk - as setas só descem: um módulo de src/ inclui a si mesmo e os de
# nível menor. Cabeçalho _internal.h não sai do módulo dele.
BEGIN {
    split("base:0 http:1 db:1 cache:1 auth:2 live:3 jobs:3 view:3 mail:4 media:4 " \
          "account:5 desk:6 channel:7 bot:7 monitor:7 app:8 cli:9 tools:9", pairs, " ")
    for (i in pairs) { split(pairs[i], p, ":"); level[p[1]] = p[2] }
}
function wrong(text) { print FILENAME ":" FNR ": " text; bad = 1 }
FNR == 1 {
    split(FILENAME, part, "/")
    here = part[1] == "src" ? part[2] : "cgi-bin"
    if (here != "cgi-bin" && !(here in level)) wrong("módulo sem nível: " here)
}
/^#include "/ {
    split($2, q, "[\"/]"); to = q[2]
    if ($2 ~ /_internal\.h"$/ && to != here) wrong("cabeçalho interno de " to)
    if (to == "gen" || to == here) next
    if (!(to in level)) { wrong("caminho que não começa no módulo: " $2); next }
    if (here == "cgi-bin" ? level[to] > level["app"] : level[to] >= level[here])
        wrong(here " não pode incluir " to)
    if (here == "desk" && to == "http") wrong("desk não conhece HTTP")
}
END { exit bad }
