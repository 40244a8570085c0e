/* multipart.c - partes de um formulário com arquivos. */
#include "http/multipart.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"

/* O que ainda falta ler. */
struct cursor {
    const char *p, *end;
};

static bool
take(struct cursor *c, const char *text)
{
    size_t n = strlen(text);

    if ((size_t)(c->end - c->p) < n || memcmp(c->p, text, n) != 0)
        return false;
    c->p += n;
    return true;
}

static void
skip_blanks(struct cursor *c)
{
    while (c->p < c->end && (*c->p == ' ' || *c->p == '\t'))
        c->p++;
}

static bool
is_token(int c)
{
    return isalnum(c) || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static struct slice
take_token(struct cursor *c)
{
    struct slice s = { c->p, 0 };

    while (c->p < c->end && is_token((unsigned char)*c->p))
        c->p++;
    s.len = (size_t)(c->p - s.data);
    return s;
}

/* Só \" e \\ são escapes: navegadores mandam a barra de Windows solta. */
static char *
take_quoted(struct cursor *c, struct arena *a)
{
    char *out = arena_alloc(a, (size_t)(c->end - c->p) + 1), *w = out;

    for (c->p++; c->p < c->end && *c->p != '"'; c->p++) {
        if (*c->p == '\\' && c->end - c->p > 1 &&
            (c->p[1] == '"' || c->p[1] == '\\'))
            c->p++;
        *w++ = *c->p;
    }
    return c->p < c->end && *c->p++ == '"' ? out : NULL;
}

/*
 * Um "; nome=valor". Devolve 0 no fim, 1 se leu, -1 se está malformado.
 */
static int
take_param(struct cursor *c, struct arena *a, struct slice *name, char **value)
{
    skip_blanks(c);
    if (c->p == c->end)
        return 0;
    if (*c->p++ != ';')
        return -1;
    skip_blanks(c);
    *name = take_token(c);
    if (name->len == 0 || c->p == c->end || *c->p++ != '=')
        return -1;
    if (c->p < c->end && *c->p == '"') {
        *value = take_quoted(c, a);
    } else {
        struct slice s = take_token(c);

        *value = s.len > 0 ? arena_memdup(a, s.data, s.len) : NULL;
    }
    return *value != NULL ? 1 : -1;
}

static bool
is_name(struct slice s, const char *name)
{
    return s.len == strlen(name) && strncasecmp(s.data, name, s.len) == 0;
}

static bool
is_boundary(const char *p)
{
    size_t n = strlen(p);

    for (; *p != '\0'; p++)
        if (!isalnum((unsigned char)*p) && strchr("'()+_,-./:=? ", *p) == NULL)
            return false;
    return n >= 1 && n <= MULTIPART_BOUNDARY_MAX && p[-1] != ' ';
}

static bool
find_boundary(struct arena *a, const char *type, char *out)
{
    static const char kind[] = "multipart/form-data";
    struct cursor c = { type, type + strlen(type) };
    struct slice name;
    char *value;
    int got, found = 0;

    if (strncasecmp(type, kind, sizeof kind - 1) != 0)
        return false;
    c.p += sizeof kind - 1;
    while ((got = take_param(&c, a, &name, &value)) > 0) {
        if (!is_name(name, "boundary"))
            continue;
        if (!is_boundary(value) || found++ > 0)
            return false;
        strcpy(out, value);
    }
    return got == 0 && found == 1;
}

bool
multipart_boundary(const char *content_type,
                   char boundary[static MULTIPART_BOUNDARY_MAX + 1])
{
    struct arena *a;
    bool found;

    if (content_type == NULL || strlen(content_type) > MULTIPART_HEADERS_MAX)
        return false;
    a = arena_new(1024);
    found = find_boundary(a, content_type, boundary);
    arena_free(a);
    return found;
}

const char *
multipart_basename(struct arena *a, const char *name)
{
    char *out = arena_alloc(a, strlen(name) + 1), *w = out;
    const char *p;
    size_t n;

    for (p = name; *p != '\0'; p++)
        if (*p == '/' || *p == '\\')
            w = out;
        else if ((unsigned char)*p >= ' ' && *p != 0x7f)
            *w++ = *p;
    *w = '\0';
    n = (size_t)(w - out);
    if (n > MULTIPART_FILENAME_MAX) {
        n = MULTIPART_FILENAME_MAX;
        while (n > 0 && ((unsigned char)out[n] & 0xc0) == 0x80)
            n--;
        out[n] = '\0';
    }
    return strcmp(out, ".") == 0 || strcmp(out, "..") == 0 ? "" : out;
}

/* O WHATWG escreve aspas e quebras de linha de um nome como %22, %0D, %0A. */
static void
unescape(char *text)
{
    static const struct {
        const char *code;
        char c;
    } codes[] = { { "%22", '"' }, { "%0d", '\r' }, { "%0a", '\n' } };
    char *w = text;
    size_t i;

    while (*text != '\0') {
        char c = *text;
        size_t used = 1;

        for (i = 0; i < sizeof codes / sizeof *codes; i++)
            if (strncasecmp(text, codes[i].code, 3) == 0) {
                c = codes[i].c;
                used = 3;
            }
        *w++ = c;
        text += used;
    }
    *w = '\0';
}

static bool
read_disposition(struct arena *a, struct cursor *c, struct part *part)
{
    const char *filename = NULL;
    struct slice name;
    char *value;
    int got;

    if (part->name != NULL || !is_name(take_token(c), "form-data"))
        return false;
    while ((got = take_param(c, a, &name, &value)) > 0) {
        const char **to = is_name(name, "name")       ? &part->name
                          : is_name(name, "filename") ? &filename
                                                      : NULL;

        if (to == NULL) /* filename* não se usa aqui (RFC 7578 seção 4.2) */
            continue;
        if (*to != NULL || !utf8_valid(value, strlen(value)))
            return false;
        unescape(value);
        *to = value;
    }
    if (got < 0 || part->name == NULL || part->name[0] == '\0' ||
        strlen(part->name) > MULTIPART_NAME_MAX)
        return false;
    part->is_file = filename != NULL;
    part->file.filename = part->is_file ? multipart_basename(a, filename) : "";
    return true;
}

/* "Image/PNG; x=y" vira "image/png". */
static bool
read_type(struct arena *a, struct cursor *c, struct part *part)
{
    const char *start = c->p;
    char *p, *type;

    if (take_token(c).len == 0 || !take(c, "/") || take_token(c).len == 0)
        return false;
    type = arena_memdup(a, start, (size_t)(c->p - start));
    for (p = type; *p != '\0'; p++)
        *p = (char)tolower((unsigned char)*p);
    if (part->file.type != NULL)
        return false;
    part->file.type = type;
    return true;
}

/* Só as codificações que deixam os bytes como estão. */
static bool
read_encoding(struct cursor *c)
{
    struct slice s = take_token(c);

    return is_name(s, "binary") || is_name(s, "8bit") || is_name(s, "7bit");
}

static bool
read_header(struct arena *a, struct cursor line, struct part *part)
{
    struct slice name = take_token(&line);
    const char *p;

    for (p = line.p; p < line.end; p++)
        if (((unsigned char)*p < ' ' && *p != '\t') || *p == 0x7f)
            return false;
    if (name.len == 0 || !take(&line, ":"))
        return false;
    skip_blanks(&line);
    while (line.end > line.p && strchr(" \t", line.end[-1]) != NULL)
        line.end--;
    if (is_name(name, "Content-Disposition"))
        return read_disposition(a, &line, part);
    if (is_name(name, "Content-Type"))
        return read_type(a, &line, part);
    if (is_name(name, "Content-Transfer-Encoding"))
        return read_encoding(&line);
    return true;
}

static bool
read_headers(struct arena *a, struct cursor *c, struct part *part)
{
    const char *start = c->p;

    while (!take(c, "\r\n")) {
        const char *stop = memmem(c->p, (size_t)(c->end - c->p), "\r\n", 2);

        if (stop == NULL || stop - start > MULTIPART_HEADERS_MAX ||
            !read_header(a, (struct cursor){ c->p, stop }, part))
            return false;
        c->p = stop + 2;
    }
    if (part->file.type == NULL)
        part->file.type =
            part->is_file ? "application/octet-stream" : "text/plain";
    return part->name != NULL;
}

/* Os dados vão até o separador, que inclui a quebra de linha da frente. */
static bool
read_data(struct cursor *c, struct slice separator, struct part *part)
{
    const char *stop =
        memmem(c->p, (size_t)(c->end - c->p), separator.data, separator.len);

    if (stop == NULL)
        return false;
    part->file.data = (struct slice){ c->p, (size_t)(stop - c->p) };
    c->p = stop + separator.len;
    return true;
}

static const char *
read_parts(struct arena *a, struct cursor *c, struct slice separator,
           struct multipart *out)
{
    while (take(c, "\r\n")) {
        struct part *part = &out->parts[out->count];

        if (out->count == MULTIPART_PARTS_MAX)
            return N_("o formulário tem partes demais");
        if (!read_headers(a, c, part))
            return N_("uma parte do formulário tem cabeçalhos malformados");
        if (!read_data(c, separator, part))
            return N_("o formulário chegou cortado");
        out->count++;
    }
    if (!take(c, "--"))
        return N_("o separador do formulário está malformado");
    take(c, "\r\n");
    return c->p == c->end ? NULL : N_("há dados depois do fim do formulário");
}

const char *
multipart_read(struct arena *a, const char *content_type, struct slice body,
               struct multipart *out)
{
    char separator[MULTIPART_BOUNDARY_MAX + 5] = "\r\n--";
    struct cursor c = { body.data, body.data + body.len };

    *out = (struct multipart){ .count = 0 };
    if (!multipart_boundary(content_type, separator + 4))
        return N_("falta um separador válido no Content-Type");
    if (!take(&c, separator + 2))
        return N_("o separador do formulário está malformado");
    return read_parts(a, &c, (struct slice){ separator, strlen(separator) },
                      out);
}

const struct part *
multipart_find(const struct multipart *m, const char *name)
{
    int i;

    for (i = 0; i < m->count; i++)
        if (strcmp(m->parts[i].name, name) == 0)
            return &m->parts[i];
    return NULL;
}
