# functions.awk - função de até 80 linhas e 5 parâmetros.
function wrong(text) { print FILENAME ":" FNR ": " text; bad = 1 }
FNR == 1 { open = 0; head = "" }
/^[a-z_0-9]+\(/ { head = ""; taking = 1 }
taking { head = head $0; if (/\)[^,]*$/) taking = 0 }
/^{/ {
    open = FNR
    name = head; sub(/\(.*/, "", name)
    list = head; sub(/^[^(]*\(/, "", list)
    while (gsub(/\([^()]*\)/, "", list)) ;      # ponteiro de função é um só
    if (head != "" && gsub(/,/, ",", list) > 4) wrong(name ": mais de 5 parâmetros")
}
/^}/ && open {
    if (FNR - open > 80) wrong(name ": " FNR - open " linhas")
    open = 0
    head = ""
}
END { exit bad }
