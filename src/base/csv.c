/* csv.c - aspas onde é preciso e apóstrofo onde haveria fórmula. */
#include "base/csv.h"

#include <string.h>

static bool
starts_line(const struct str *s)
{
    if (s->len == 0 || s->data[s->len - 1] == '\n')
        return true;
    return s->len == 3 && memcmp(s->data, CSV_BOM, 3) == 0;
}

void
csv_cell(struct str *s, const char *text)
{
    const char *p;

    if (!starts_line(s))
        str_putc(s, ',');
    if (text == NULL || text[0] == '\0') {
        str_puts(s, "\"\""); /* vazia, mas começa a linha */
        return;
    }
    str_putc(s, '"');
    if (strchr("=+-@\t\r\n", text[0]) != NULL)
        str_putc(s, '\'');
    for (p = text; *p != '\0'; p++) {
        if (*p == '"')
            str_putc(s, '"');
        str_putc(s, *p);
    }
    str_putc(s, '"');
}

void
csv_end(struct str *s)
{
    str_puts(s, "\r\n");
}
