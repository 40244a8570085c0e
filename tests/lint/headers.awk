# headers.awk - toda função declarada num .h tem comentário logo acima (um
# comentário serve ao bloco de declarações até a próxima linha em branco).
function close_statement() {
    if (statement ~ /^[a-z_].*[a-z_0-9]\(/ && statement !~ /^(struct|enum|union)[^(]*\{/ &&
        statement !~ /^(typedef|static)/ && !commented) {
        print FILENAME ":" start ": função sem comentário: " statement
        bad = 1
    }
    statement = ""
}
FNR == 1 { commented = depth = in_comment = 0; statement = "" }
in_comment { if (/\*\//) { in_comment = 0; commented = 1 } next }
/^[ \t]*\/\*/ && statement == "" {
    if (/\*\//) commented = 1; else in_comment = 1
    next
}
/^[ \t]*$/ { if (statement == "") commented = 0; next }
/^#/ || macro { macro = /\\$/; next }
{
    line = $0
    gsub(/\/\*.*\*\//, "", line)
    if (line ~ /\/\*/) { sub(/\/\*.*/, "", line); in_comment = 1 }
    if (statement == "") start = FNR
    statement = statement (statement == "" ? "" : " ") line
    gsub(/[ \t]+/, " ", statement)
    depth += gsub(/\{/, "{", line) - gsub(/\}/, "}", line)
    if (depth == 0 && line ~ /[;}][ \t]*$/) close_statement()
}
END { exit bad }
