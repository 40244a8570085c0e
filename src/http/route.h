/*
 * route.h - a tabela de rotas e a requisição. A tabela é a única verdade:
 * dela saem despacho, 405 e Allow, login, papéis, limite, validação, JSON da
 * resposta, OpenAPI e os mapas dos servidores web.
 */
#ifndef BALCAO_HTTP_ROUTE_H
#define BALCAO_HTTP_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/field.h"
#include "base/str.h"
#include "http/io.h"

enum method { GET, POST, PUT, PATCH, DELETE, METHOD_COUNT };

/* Quem prova ser quem é, e como. Zero é o mais estrito. */
enum auth {
    AUTH_TOKEN,       /* Authorization: Bearer */
    AUTH_COOKIE,      /* sessão do navegador; POST exige CSRF */
    AUTH_EITHER,      /* um ou outro */
    AUTH_STREAM,      /* um ou outro, ou ?access_token= de um minuto */
    AUTH_PUBLIC,      /* qualquer um */
    AUTH_PUBLIC_FORM, /* qualquer um, por formulário da mesma origem */
};

enum accepts {
    ACCEPT_JSON,      /* application/json */
    ACCEPT_FORM,      /* application/x-www-form-urlencoded */
    ACCEPT_RAW,       /* o corpo vai cru ao tratador */
    ACCEPT_MULTIPART, /* multipart/form-data, com UPLOAD na tabela */
};

struct rate {
    unsigned hits, per_s; /* 0: o padrão (600 por minuto) */
};

/* O que o limite mais apertado deste pedido disse; limit 0: não se sabe. */
struct rate_seen {
    unsigned limit, window_s, remaining, reset_s;
};

#define PATH_VALUES 6

struct route;
struct multipart;

/* Quem está do outro lado, além do que está em ctx. */
struct session {
    bool by_cookie;
    int64_t id;       /* 0 se não veio por cookie */
    const char *csrf; /* token dos formulários; NULL sem sessão */
    const char *name; /* nome mostrado; NULL se veio por Bearer */
    const char *company_name, *time_zone, *visibility, *queue_ids;
    const char *companies; /* JSON [{id, name, current}]; NULL: é uma só */
    bool renewed;          /* o prazo andou: o cookie vai de novo */
};

/* A recusa que o formulário redesenhado mostra; OK: nenhuma. */
struct refusal {
    enum err error;
    const char *detail;
    struct field_error *fields;
};

struct req {
    struct ctx ctx; /* identidade, arena, transação, problema */
    struct io *io;
    const struct route *route;
    enum method method;
    bool head;         /* era HEAD: a resposta sai sem corpo */
    const char *path;  /* sem a query, ainda codificado */
    const char *query; /* sem o '?', nunca NULL */
    const char
        *path_values[PATH_VALUES]; /* na ordem do modelo, decodificados */
    struct slice body;
    const char *lang; /* "pt-BR" ou "en" */
    bool https;
    struct session session;
    struct refusal refusal;
    const struct multipart *parts; /* corpo ACCEPT_MULTIPART, já lido */
    struct rate_seen rate;
    const char *allow; /* métodos do caminho, quando o pedido é outro */
    const char *idempotency_key; /* chave ocupada por este pedido */
    const char *cache_key; /* da resposta guardada; NULL: não se guarda */

    /* resposta; nada sai antes do COMMIT */
    int status;
    bool is_open; /* o corpo continua depois do tratador */
    const char *content_type;
    struct str headers;   /* linhas "Nome: valor\r\n" */
    const char *location; /* para onde reply_redirect mandou; NULL: não */
    struct str out;
    enum err (*part)(struct req *r, void *state, bool *more);
    void *part_state; /* de reply_parts */
    size_t part_bytes;
};

struct route {
    enum method method;
    const char *path; /* "/api/v1/tickets/{id}/messages" */
    enum err (*handler)(struct req *r, const void *input);
    enum permission permit; /* o que é preciso poder; NONE só em pública */
    enum auth auth;
    enum accepts accepts;
    struct rate rate;
    bool one_query; /* faz uma consulta só: uma ida ao banco */
    bool writes;    /* GET que grava (sem isto, GET só lê) */
    bool no_db;     /* não vai ao banco: não há como ele faltar */
    bool secret; /* a resposta leva um segredo: não se guarda para repetir */
    bool cached; /* a resposta depende só do banco, do endereço
                    e da pessoa: app/read_cache.h */
    bool spool;  /* o corpo vai ao disco, não à memória: até
                    media_max_size, com folga para o formulário */
    bool html;   /* problemas saem como página */
    enum err (*redraw)(struct req *r); /* formulário recusado: a página de
                         novo, com o que a pessoa digitou (app/form_page.h) */
    int64_t max_body;                  /* 0: upload_max_size */
    size_t in_size;
    const struct field *in;
    const struct field *out; /* forma da resposta, para JSON e OpenAPI */
    bool out_list;           /* {data: [...], nextCursor} */
    const char *out_type;    /* se não é application/json */
    int success;             /* 0: 200 */
    const char *alias;       /* outro caminho para o mesmo tratador */
    const char *refuses;     /* "401 404": o que o próprio tratador recusa,
                                além do que a tabela já diz */
    const char *doc;
};

#define IN(S, table) .in_size = sizeof(S), .in = table
#define ROUTES_END \
    { \
        .path = NULL \
    }

/* Cabeçalho da requisição pelo nome HTTP ("Idempotency-Key"), ou NULL. */
const char *req_header(struct req *r, const char *name);

/* Valor de um cookie, ou NULL. */
const char *req_cookie(struct req *r, const char *name);

/* Endereço de quem chama, já considerado o proxy de confiança. */
const char *req_remote(struct req *r);

/* Acrescenta um cabeçalho; os controles do valor (CR, LF …) são tirados. */
void reply_header(struct req *r, const char *name, const char *value);

/*
 * Manda um cookie HttpOnly, SameSite=Lax, Secure quando https.
 *   life_s  0 apaga o cookie
 */
void reply_cookie(struct req *r, const char *name, const char *value,
                  const char *path, int64_t life_s);

/* Responde a struct descrita por route->out, com route->success. */
enum err reply(struct req *r, const void *row);

/*
 * Responde {data: [...], nextCursor}.
 *   next  próximo cursor, ou NULL no fim
 */
enum err reply_list(struct req *r, const void *rows, size_t size, int count,
                    const char *next);

/* Responde um JSON já pronto. */
enum err reply_json(struct req *r, struct slice json);

/* Responde texto de qualquer tipo. */
enum err
reply_text(struct req *r, int status, const char *type, const char *text);

/*
 * A resposta é longa demais para caber na memória: o tratador escreve o começo
 * em r->out e diz quem escreve o resto, depois do COMMIT. Cada chamada de
 * `part` tem arena e transação (só de leitura, uma consulta) próprias,
 * escreve em r->out um pedaço e diz se há mais. Se uma falha, a conexão é
 * cortada: quem lê percebe que falta o fim.
 *   state  na arena da requisição
 */
enum err reply_parts(struct req *r, const char *type,
                     enum err (*part)(struct req *r, void *state, bool *more),
                     void *state);

/* Redireciona com 303 para um caminho local (outro destino vira "/"). */
enum err reply_redirect(struct req *r, const char *path);

/* Sem corpo (204). */
enum err reply_empty(struct req *r);

/*
 * Escreve a resposta de um problema em r->out: problem+json, ou o que
 * `html` quiser mostrar quando a rota é página.
 */
void reply_problem(struct req *r, enum err e);

/*
 * Lê caminho, query e corpo para a struct de entrada, conferindo tudo; todos
 * os campos ruins são anotados de uma vez.
 *   input  [saída] na arena da requisição; NULL se a rota não tem entrada
 */
enum err input_read(struct req *r, void **input);

/*
 * Acha a rota do caminho e do método; aceita /api/x no lugar de /api/v1/x.
 *   allow  [saída] métodos aceitos no caminho, quando o método não é
 * Erros:   ERR_NOT_FOUND, ERR_BAD_METHOD.
 */
enum err
route_match(struct req *r, const struct route *routes, struct str *allow);

/* Um parâmetro da query, decodificado, ou NULL; o primeiro de mesmo nome. */
const char *req_query(struct req *r, const char *name);

/*
 * Um campo do formulário (urlencoded ou multipart), decodificado, ou NULL se
 * não veio, é arquivo ou não é texto UTF-8. O corpo já foi lido.
 */
const char *req_form(struct req *r, const char *name);

/*
 * O arquivo enviado com este nome numa rota ACCEPT_MULTIPART, ou NULL se não
 * veio (o navegador manda um vazio e sem nome quando ninguém escolhe).
 * Prefira UPLOAD() na tabela da rota, que confere tamanho e tipo e documenta.
 */
const struct upload *req_file(struct req *r, const char *name);

/*
 * Os campos do formulário, um por chamada, na ordem em que vieram; os mal
 * codificados são pulados.
 *   at  começa em 0 e é do cursor
 * Devolve falso no fim.
 */
bool
req_form_next(struct req *r, size_t *at, const char **name, const char **value);

/* "GET", "POST" … */
const char *method_name(enum method m);

#endif
