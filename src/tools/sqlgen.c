/*
 * sqlgen.c - lê um arquivo de sql/queries e escreve os invólucros em C:
 * struct de entrada, struct de linha e uma função por consulta. Roda no
 * build, sem banco; um teste compara os tipos com o banco migrado.
 * Uso: sqlgen ENTRADA.sql SAÍDA.h SAÍDA.c
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FIELDS 40

enum kind { ONE, MAYBE, MANY, EXEC, JSON };

struct type {
    const char *sql, *c;
    unsigned oid;
    char how; /* t texto, i inteiro, b bool, f real, y bytes */
};

static const struct type types[] = {
    { "int8", "int64_t", 20, 'i' },
    { "int4", "int32_t", 23, 'i' },
    { "bool", "bool", 16, 'b' },
    { "float8", "double", 701, 'f' },
    { "text", "const char *", 25, 't' },
    { "jsonb", "const char *", 3802, 't' },
    { "json", "const char *", 114, 't' },
    { "uuid", "const char *", 2950, 't' },
    { "timestamptz", "const char *", 1184, 't' },
    { "xid8", "const char *", 5069, 't' },
    { "int8[]", "const char *", 1016, 't' },
    { "text[]", "const char *", 1009, 't' },
    { "bytea", "struct slice ", 17, 'y' },
};

struct field {
    char name[64];
    const struct type *type;
    bool nullable;
};

/* Linha com nome, dividida por várias consultas do arquivo. */
struct row {
    char name[64];
    struct field list[MAX_FIELDS];
    int count;
};

static struct row rows[8];
static int row_count;

struct query {
    char name[64];
    char row[80]; /* nome da struct da linha */
    enum kind kind;
    struct field in[MAX_FIELDS], out[MAX_FIELDS];
    int in_count, out_count;
    char sql[65536];
    char doc[2048];
};

static const char *path;
static int line_number;

static void
die(const char *format, ...)
{
    va_list args;

    fprintf(stderr, "%s:%d: ", path, line_number);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

static const struct type *
find_type(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].sql, name) == 0)
            return &types[i];
    die("tipo desconhecido: %s", name);
    return NULL;
}

/* "a int8, b text?" vira campos; continua a lista que já existe. */
static void
read_fields(char *text, struct field *list, int *count)
{
    char *save, *item;

    for (item = strtok_r(text, ",", &save); item != NULL;
         item = strtok_r(NULL, ",", &save)) {
        char name[64], type[64];
        struct field *f;
        size_t n;

        if (sscanf(item, " %63s %63s", name, type) != 2)
            die("campo malformado: %s", item);
        if (*count == MAX_FIELDS)
            die("campos demais");
        f = &list[(*count)++];
        n = strlen(type);
        f->nullable = type[n - 1] == '?';
        if (f->nullable)
            type[n - 1] = '\0';
        strcpy(f->name, name);
        f->type = find_type(type);
    }
}

static struct row *
find_row(const char *name, size_t n)
{
    int i;

    for (i = 0; i < row_count; i++)
        if (strlen(rows[i].name) == n && strncmp(rows[i].name, name, n) == 0)
            return &rows[i];
    die("linha sem declaração: %.*s", (int)n, name);
    return NULL;
}

/* "row: nome campos" declara; a mesma linha outra vez continua a lista. */
static void
read_row(char *text)
{
    char name[64];
    struct row *r;
    int used;

    if (sscanf(text, " %63s%n", name, &used) != 1 || row_count == 8)
        die("row malformado");
    if (row_count == 0 || strcmp(rows[row_count - 1].name, name) != 0)
        strcpy(rows[row_count++].name, name);
    r = &rows[row_count - 1];
    read_fields(text + used, r->list, &r->count);
}

/* "out: =nome" usa a linha declarada; senão são campos próprios. */
static void
read_out(struct query *q, char *text)
{
    const struct row *r;

    while (*text == ' ')
        text++;
    if (*text != '=') {
        read_fields(text, q->out, &q->out_count);
        return;
    }
    r = find_row(text + 1, strlen(text + 1));
    memcpy(q->out, r->list, sizeof q->out);
    q->out_count = r->count;
    snprintf(q->row, sizeof q->row, "%s", r->name);
}

static enum kind
read_kind(const char *word)
{
    static const char *const names[] = { "one", "maybe", "many", "exec",
                                         "json" };
    int i;

    for (i = 0; i < 5; i++)
        if (strcmp(names[i], word) == 0)
            return (enum kind)i;
    die("espécie desconhecida: %s", word);
    return EXEC;
}

static int
param_index(const struct query *q, const char *name, size_t n)
{
    int i;

    for (i = 0; i < q->in_count; i++)
        if (strlen(q->in[i].name) == n && strncmp(q->in[i].name, name, n) == 0)
            return i + 1;
    die("%s: parâmetro sem declaração: %.*s", q->name, (int)n, name);
    return 0;
}

/* "@nome" vira a lista de colunas da linha declarada. */
static size_t
add_columns(char *sql, size_t len, const struct row *r)
{
    int i;

    for (i = 0; i < r->count; i++)
        len += (size_t)sprintf(sql + len, "%s%s", i > 0 ? ", " : "",
                               r->list[i].name);
    return len;
}

/* Acrescenta a linha ao SQL, trocando :nome por $n (fora de '...' e ::). */
static void
add_sql(struct query *q, const char *line)
{
    static bool quoted;
    size_t len = strlen(q->sql);
    const char *p;

    for (p = line; *p != '\0'; p++) {
        if (len + 16 >= sizeof q->sql)
            die("consulta longa demais");
        if (*p == '\'')
            quoted = !quoted;
        if (*p == ':' && !quoted && p[1] != ':' && p[-1] != ':' &&
            (isalpha((unsigned char)p[1]) || p[1] == '_')) {
            size_t n = 1;

            while (isalnum((unsigned char)p[n]) || p[n] == '_')
                n++;
            len += (size_t)sprintf(q->sql + len, "$%d",
                                   param_index(q, p + 1, n - 1));
            p += n - 1;
            continue;
        }
        if (*p == '@' && !quoted && isalpha((unsigned char)p[1])) {
            size_t n = 1;

            while (isalnum((unsigned char)p[n]) || p[n] == '_')
                n++;
            len = add_columns(q->sql, len, find_row(p + 1, n - 1));
            p += n - 1;
            continue;
        }
        q->sql[len++] = *p;
    }
    q->sql[len] = '\0';
}

static void
emit_struct(FILE *h, const char *name, const struct field *list, int count)
{
    int i;

    fprintf(h, "struct q_%s {\n", name);
    for (i = 0; i < count; i++) {
        const struct field *f = &list[i];
        bool spaced = f->type->how == 't' || f->type->how == 'y';

        fprintf(h, "    %s%s%s;\n", f->type->c, spaced ? "" : " ", f->name);
        if (f->nullable && f->type->how != 't' && f->type->how != 'y')
            fprintf(h, "    bool has_%s;\n", f->name);
    }
    fprintf(h, "};\n");
}

static void
emit_header(FILE *h, const struct query *q)
{
    const char *in = q->in_count > 0 ? ", const struct q_%s_in *in" : "";
    char args[200], name[80];

    fprintf(h, "\n/*%s */\n", q->doc);
    snprintf(name, sizeof name, "%s_in", q->name);
    if (q->in_count > 0)
        emit_struct(h, name, q->in, q->in_count);
    snprintf(name, sizeof name, "%s_row", q->name);
    if (q->out_count > 0 && strcmp(q->row, name) == 0)
        emit_struct(h, q->row, q->out, q->out_count);
    snprintf(args, sizeof args, in, q->name);
    fprintf(h, "extern const struct db_query q_%s_query;\n", q->name);
    switch (q->kind) {
    case ONE:
        fprintf(h, "enum err q_%s(struct ctx *c%s, struct q_%s *row);\n",
                q->name, args, q->row);
        break;
    case MAYBE:
        fprintf(h,
                "enum err q_%s(struct ctx *c%s, struct q_%s *row, "
                "bool *found);\n",
                q->name, args, q->row);
        break;
    case MANY:
        fprintf(h,
                "enum err q_%s(struct ctx *c%s, struct q_%s **rows, "
                "int *count);\n",
                q->name, args, q->row);
        break;
    case EXEC:
        fprintf(h,
                "enum err q_%s(struct ctx *c%s, int64_t *changed);\n"
                "enum err q_%s_queue(struct ctx *c%s);\n",
                q->name, args, q->name, args);
        break;
    case JSON:
        fprintf(h, "enum err q_%s(struct ctx *c%s, struct slice *json);\n",
                q->name, args);
        break;
    }
}

static void
emit_sql_text(FILE *o, const char *sql)
{
    fputs("    \"", o);
    for (; *sql != '\0'; sql++) {
        if (*sql == '\n')
            fputs(sql[1] != '\0' ? "\\n\"\n    \"" : "", o);
        else if (*sql == '"' || *sql == '\\')
            fprintf(o, "\\%c", *sql);
        else
            fputc(*sql, o);
    }
    fputs("\"", o);
}

static void
emit_params(FILE *o, const struct query *q)
{
    int i;

    if (q->in_count == 0)
        return;
    fprintf(o,
            "static void\nparams_%s(struct ctx *c, "
            "const struct q_%s_in *in, const char **p)\n{\n    (void)c;\n",
            q->name, q->name);
    for (i = 0; i < q->in_count; i++) {
        const struct field *f = &q->in[i];

        fprintf(o, "    p[%d] = ", i);
        if (f->nullable && f->type->how != 't' && f->type->how != 'y')
            fprintf(o, "!in->has_%s ? NULL : ", f->name);
        switch (f->type->how) {
        case 't':
            fprintf(o, "in->%s;\n", f->name);
            break;
        case 'i':
            fprintf(o, "db_param_int(c, in->%s);\n", f->name);
            break;
        case 'b':
            fprintf(o, "db_param_bool(in->%s);\n", f->name);
            break;
        case 'f':
            fprintf(o, "db_param_float(c, in->%s);\n", f->name);
            break;
        case 'y':
            fprintf(o, "db_param_bytes(c, in->%s);\n", f->name);
            break;
        }
    }
    fputs("}\n\n", o);
}

static void
emit_row(FILE *o, const struct query *q)
{
    int i;

    fprintf(o,
            "static void\nrow_%s(struct ctx *c, struct pg_result *r, int i,"
            "\n    struct q_%s *row)\n{\n    (void)c;\n",
            q->name, q->row);
    for (i = 0; i < q->out_count; i++) {
        const struct field *f = &q->out[i];

        switch (f->type->how) {
        case 't':
            fprintf(o, "    row->%s = db_text(r, i, %d);\n", f->name, i);
            break;
        case 'i':
            fprintf(o, "    row->%s = (%s)db_int(r, i, %d);\n", f->name,
                    f->type->c, i);
            break;
        case 'b':
            fprintf(o, "    row->%s = db_bool(r, i, %d);\n", f->name, i);
            break;
        case 'f':
            fprintf(o, "    row->%s = db_float(r, i, %d);\n", f->name, i);
            break;
        case 'y':
            fprintf(o, "    row->%s = db_bytes(c, r, i, %d);\n", f->name, i);
            break;
        }
        if (f->nullable && f->type->how != 't' && f->type->how != 'y')
            fprintf(o, "    row->has_%s = !db_null(r, i, %d);\n", f->name, i);
    }
    fputs("}\n\n", o);
}

/* O começo comum: monta os parâmetros e roda. */
static void
emit_run(FILE *o, const struct query *q, const char *more_args,
         const char *locals)
{
    fprintf(o, "enum err\nq_%s(struct ctx *c", q->name);
    if (q->in_count > 0)
        fprintf(o, ", const struct q_%s_in *in", q->name);
    fprintf(o, "%s)\n{\n    struct pg_result *r;\n    enum err e;\n%s",
            more_args, locals);
    if (q->in_count > 0)
        fprintf(o, "    const char *p[%d];\n\n    params_%s(c, in, p);\n",
                q->in_count, q->name);
    fprintf(o,
            "    e = db_run(c, &q_%s_query, %s, &r);\n    if (e != OK)\n"
            "        return e;\n",
            q->name, q->in_count > 0 ? "p" : "NULL");
}

static void
emit_body(FILE *o, const struct query *q)
{
    char args[200];

    switch (q->kind) {
    case ONE:
        snprintf(args, sizeof args, ", struct q_%s *row", q->row);
        emit_run(o, q, args, "");
        fprintf(o,
                "    if (db_rows(r) == 0)\n        return db_not_found(c);\n"
                "    row_%s(c, r, 0, row);\n    return OK;\n}\n\n",
                q->name);
        break;
    case MAYBE:
        snprintf(args, sizeof args, ", struct q_%s *row, bool *found", q->row);
        emit_run(o, q, args, "");
        fprintf(o,
                "    *found = db_rows(r) > 0;\n    if (*found)\n"
                "        row_%s(c, r, 0, row);\n    return OK;\n}\n\n",
                q->name);
        break;
    case MANY:
        snprintf(args, sizeof args, ", struct q_%s **rows, int *count", q->row);
        emit_run(o, q, args, "    int i;\n");
        fprintf(o,
                "    *count = db_rows(r);\n"
                "    *rows = arena_alloc(c->arena, sizeof **rows * "
                "((size_t)*count + 1));\n    for (i = 0; i < *count; i++)\n"
                "        row_%s(c, r, i, &(*rows)[i]);\n    return OK;\n}\n\n",
                q->name);
        break;
    case EXEC:
        emit_run(o, q, ", int64_t *changed", "");
        fprintf(o,
                "    if (changed != NULL)\n        *changed = "
                "db_changed(r);\n    return OK;\n}\n\n"
                "enum err\nq_%s_queue(struct ctx *c",
                q->name);
        if (q->in_count > 0)
            fprintf(o,
                    ", const struct q_%s_in *in)\n{\n"
                    "    const char *p[%d];\n\n    params_%s(c, in, p);\n"
                    "    return db_queue(c, &q_%s_query, p);\n}\n\n",
                    q->name, q->in_count, q->name, q->name);
        else
            fprintf(o,
                    ")\n{\n    return db_queue(c, &q_%s_query, NULL);\n}\n\n",
                    q->name);
        break;
    case JSON:
        emit_run(o, q, ", struct slice *json", "");
        fprintf(o,
                "    if (db_rows(r) == 0 || db_null(r, 0, 0))\n"
                "        return db_not_found(c);\n"
                "    json->data = db_text(r, 0, 0);\n"
                "    json->len = strlen(json->data);\n    return OK;\n}\n\n");
        break;
    }
}

static void
emit_oids(FILE *o, const char *prefix, const struct query *q,
          const struct field *list, int count)
{
    int i;

    if (count == 0)
        return;
    fprintf(o, "static const unsigned %s_%s[] = {", prefix, q->name);
    for (i = 0; i < count; i++)
        fprintf(o, " %u,", list[i].type->oid);
    fputs(" };\n", o);
}

static void
emit_source(FILE *o, const struct query *q)
{
    emit_oids(o, "types", q, q->in, q->in_count);
    emit_oids(o, "columns", q, q->out, q->out_count);
    fprintf(o, "const struct db_query q_%s_query = {\n    \"%s\",\n", q->name,
            q->name);
    emit_sql_text(o, q->sql);
    fprintf(o, ",\n    %d, ", q->in_count);
    if (q->in_count > 0)
        fprintf(o, "types_%s", q->name);
    else
        fputs("NULL", o);
    fprintf(o, ", %d, ", q->kind == JSON ? 1 : q->out_count);
    if (q->out_count > 0)
        fprintf(o, "columns_%s\n};\n\n", q->name);
    else
        fputs("NULL\n};\n\n", o);
    emit_params(o, q);
    if (q->kind == ONE || q->kind == MAYBE || q->kind == MANY)
        emit_row(o, q);
    emit_body(o, q);
}

static void
emit_rows(FILE *h)
{
    static int done;

    for (; done < row_count; done++)
        emit_struct(h, rows[done].name, rows[done].list, rows[done].count);
}

static void
finish(struct query *q, FILE *h, FILE *o)
{
    size_t n = strlen(q->sql);

    if (q->name[0] == '\0')
        return;
    while (n > 0 &&
           (isspace((unsigned char)q->sql[n - 1]) || q->sql[n - 1] == ';'))
        q->sql[--n] = '\0';
    if (n == 0)
        die("%s: sem SQL", q->name);
    if ((q->kind == ONE || q->kind == MAYBE || q->kind == MANY) &&
        q->out_count == 0)
        die("%s: falta out:", q->name);
    emit_rows(h);
    emit_header(h, q);
    emit_source(o, q);
}

static void
read_comment(struct query *q, char *text, FILE *h, FILE *o)
{
    char name[64], kind[16];
    size_t n;

    while (*text == ' ')
        text++;
    if (sscanf(text, "query: %63s %15s", name, kind) == 2) {
        finish(q, h, o);
        memset(q, 0, sizeof *q);
        strcpy(q->name, name);
        snprintf(q->row, sizeof q->row, "%.60s_row", name);
        q->kind = read_kind(kind);
    } else if (strncmp(text, "in:", 3) == 0) {
        read_fields(text + 3, q->in, &q->in_count);
    } else if (strncmp(text, "out:", 4) == 0) {
        read_out(q, text + 4);
    } else if (strncmp(text, "row:", 4) == 0) {
        finish(q, h, o);
        memset(q, 0, sizeof *q);
        read_row(text + 4);
    } else if (q->sql[0] == '\0') {
        n = strlen(q->doc);
        snprintf(q->doc + n, sizeof q->doc - n, " %.500s", text);
    }
}

int
main(int argc, char **argv)
{
    static struct query q;
    static char line[8192];
    FILE *f, *h, *o;
    const char *base;

    if (argc != 4)
        return 2;
    path = argv[1];
    f = fopen(path, "r");
    h = fopen(argv[2], "w");
    o = fopen(argv[3], "w");
    if (f == NULL || h == NULL || o == NULL)
        die("não abre");
    base = strrchr(argv[2], '/') != NULL ? strrchr(argv[2], '/') + 1 : argv[2];
    fprintf(h,
            "/* Gerado de %s; não edite. */\n#pragma once\n"
            "#include \"db/db.h\"\n",
            path);
    fprintf(o,
            "/* Gerado de %s; não edite. */\n#include \"gen/%s\"\n\n"
            "#include <string.h>\n\n",
            path, base);
    while (fgets(line, sizeof line, f) != NULL) {
        line_number++;
        if (strncmp(line, "--", 2) == 0) {
            line[strcspn(line, "\n")] = '\0';
            read_comment(&q, line + 2, h, o);
        } else if (q.name[0] != '\0' && (q.sql[0] != '\0' || line[0] != '\n')) {
            add_sql(&q, line);
        }
    }
    finish(&q, h, o);
    fclose(f);
    return fclose(h) != 0 || fclose(o) != 0;
}
