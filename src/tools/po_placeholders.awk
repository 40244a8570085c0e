# po_placeholders.awk - a tradução usa os mesmos {{nomes}} que o msgid.
# Lê um .po e sai com 1 se algum par não bater. O printf é com msgfmt -c.

function names(text,    list, n, i, j, part, swap, out) {
    n = 0
    while (match(text, /\{\{ *[A-Za-z0-9_.-]+ *\}\}/)) {
        part = substr(text, RSTART + 2, RLENGTH - 4)
        gsub(/ /, "", part)
        list[++n] = part
        text = substr(text, RSTART + RLENGTH)
    }
    for (i = 1; i <= n; i++)
        for (j = i + 1; j <= n; j++)
            if (list[j] < list[i]) {
                swap = list[i]; list[i] = list[j]; list[j] = swap
            }
    out = ""
    for (i = 1; i <= n; i++)
        out = out " " list[i]
    return out
}

function quoted(line) {
    sub(/^[^"]*"/, "", line)
    sub(/"[^"]*$/, "", line)
    return line
}

function check() {
    if (id != "" && str != "" && names(id) != names(str)) {
        printf "%s:%d: {{nomes}} diferentes: \"%s\"\n", FILENAME, at, id \
            > "/dev/stderr"
        bad = 1
    }
    id = str = ""
}

/^msgid "/      { check(); part = "id"; at = FNR; id = quoted($0); next }
/^msgid_plural/ { part = ""; next }
/^msgstr "/     { part = "str"; str = quoted($0); next }
/^msgstr\[/     { part = ""; next }
/^"/            { if (part == "id") id = id quoted($0)
                  else if (part == "str") str = str quoted($0)
                  next }
                { part = "" }
END             { check(); exit bad }
