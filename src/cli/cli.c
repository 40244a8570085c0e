/* cli.c - leitura de opções por tabela, ajuda e contexto dos comandos. */
#include "cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/i18n.h"
#include "base/str.h"
#include "db/db.h"

#define OPTIONS_MAX 16

int
cli_fail(const char *format, ...)
{
    va_list args;

    fputs("balcao: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return CLI_FAILED;
}

int
cli_usage(const struct command *self, const char *format, ...)
{
    va_list args;

    fputs("balcao: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, _("\nveja: balcao %s --help\n"), self->name);
    return CLI_USAGE;
}

static void
print_help(const struct command *self, const struct cli_option *o)
{
    printf(_("Uso: balcao %s"), self->name);
    if (o->kind != CLI_END)
        printf(" %s", _("[opções]"));
    if (self->arguments[0] != '\0')
        printf(" %s", _(self->arguments));
    printf("\n\n%s\n", _(self->doc));
    if (self->more != NULL)
        printf("\n%s\n", _(self->more));
    printf("\n%s\n", _("Opções:"));
    for (; o->kind != CLI_END; o++) {
        char left[60];

        snprintf(left, sizeof left, "--%s%s%s", o->name,
                 o->meta != NULL ? " " : "", o->meta != NULL ? _(o->meta) : "");
        printf("  %-24s %s\n", left, _(o->doc));
    }
    printf("  %-24s %s\n", "--help", _("mostra esta ajuda"));
}

/* "55", "55s", "5m" ou "1h" em segundos. */
static bool
parse_seconds(const char *text, int64_t *out)
{
    size_t n = strlen(text);
    int64_t unit = 1;
    char number[24];

    if (n == 0 || n >= sizeof number)
        return false;
    memcpy(number, text, n + 1);
    if (strchr("smh", text[n - 1]) != NULL) {
        unit = text[n - 1] == 's' ? 1 : text[n - 1] == 'm' ? 60 : 3600;
        number[n - 1] = '\0';
    }
    if (!parse_int64(number, out) || *out > 100 * 366 * 24 * 3600LL)
        return false;
    *out *= unit;
    return true;
}

static bool
set_option(const struct cli_option *o, const char *value)
{
    int64_t n = 0;

    switch (o->kind) {
    case CLI_FLAG:
        *(bool *)o->out = true;
        return true;
    case CLI_TEXT:
        *(const char **)o->out = value;
        return true;
    case CLI_INT:
    case CLI_SECONDS:
        if (!(o->kind == CLI_INT ? parse_int64(value, &n)
                                 : parse_seconds(value, &n)) ||
            n < o->min || n > o->max)
            return false;
        *(int64_t *)o->out = n;
        return true;
    case CLI_END:
        break;
    }
    return false;
}

int
cli_parse(const struct command *self, int argc, char **argv,
          const struct cli_option *options)
{
    struct option list[OPTIONS_MAX + 2];
    int i, got, n;

    memset(list, 0, sizeof list);
    for (n = 0; n < OPTIONS_MAX && options[n].kind != CLI_END; n++) {
        list[n].name = options[n].name;
        list[n].has_arg = options[n].kind != CLI_FLAG;
        list[n].val = n + 1;
    }
    list[n] = (struct option){ "help", no_argument, NULL, n + 1 };
    optind = 0;
    opterr = 0;
    while ((got = getopt_long(argc, argv, "h", list, &i)) != -1) {
        if (got == 'h' || got == n + 1) {
            print_help(self, options);
            exit(CLI_OK);
        }
        if (got == '?')
            exit(cli_usage(self, _("opção que não se entende: %s"),
                           argv[optind - 1]));
        if (!set_option(&options[got - 1], optarg))
            exit(cli_usage(self, _("valor inválido para --%s: %s"),
                           options[got - 1].name, optarg));
    }
    return optind;
}

const char *
cli_owner_url(void)
{
    const char *owner = conf()->database_owner_url;

    return owner[0] != '\0' ? owner : conf()->database_url;
}

void
cli_open(struct ctx *c, const char *url)
{
    memset(c, 0, sizeof *c);
    c->arena = arena_new(16384);
    c->db = db_new(url);
    c->token_version = -1;
}

void
cli_close(struct ctx *c)
{
    db_rollback(c);
    db_close(c->db);
    arena_free(c->arena);
    memset(c, 0, sizeof *c);
}

char *
cli_read_file(struct arena *a, const char *path, size_t *len)
{
    FILE *f = fopen(path, "r");
    struct str s;
    char block[8192];
    size_t n;
    int saved;

    if (f == NULL)
        return NULL;
    str_init(&s, a, sizeof block);
    str_add(&s, "", 0);
    while ((n = fread(block, 1, sizeof block, f)) > 0)
        str_add(&s, block, n);
    saved = errno;
    n = (size_t)ferror(f);
    fclose(f);
    errno = saved;
    if (n != 0)
        return NULL;
    if (len != NULL)
        *len = s.len;
    return s.data;
}
