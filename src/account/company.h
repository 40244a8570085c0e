/*
 * company.h - a empresa: ajustes, limites, suspensão e fim. Quem está nela muda
 * os ajustes; o resto é da plataforma (super), que alcança qualquer uma. O
 * banco confere de novo quem alcança o quê (migração 0013).
 */
#ifndef BALCAO_COMPANY_H
#define BALCAO_COMPANY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/field.h"
#include "gen/q_company.h"
#include "jobs/worker.h"

enum {
    COMPANY_NAME_MAX = 120,
    COMPANY_RETENTION_MIN = 30,
    COMPANY_RETENTION_MAX = 36500,
    COMPANY_DAYS = 7
};

/* Dias da semana, como no JSON: "mon" … "sun". */
extern const char *const company_days[COMPANY_DAYS];

/* O que muda; NULL ou has_ falso: fica como está. */
struct company_change {
    int64_t version; /* a que a tela mostrou; 0: não conferir */
    const char *name, *locale, *time_zone;
    const char *business_hours; /* JSON; "" ou "{}": sempre aberta */
    const char *default_visibility;
    int64_t retention_days; /* 0: para sempre */
    bool has_retention_days;
    bool require_two_factor, has_require_two_factor;
};

/*
 * Muda os ajustes, inteiros ou em parte.
 * Erros: ERR_NOT_FOUND (não é desta pessoa); ERR_INVALID (fuso, horário,
 *        guarda; exigir a segunda etapa sem tê-la); ERR_CONFLICT (versão).
 */
enum err
company_change(struct ctx *c, int64_t id, const struct company_change *to,
               struct q_company_row *out);

/*
 * Confere um horário e o escreve na forma que se guarda: dias em ordem, faixas
 * em ordem, dias sem faixa de fora.
 *   json  {"mon":[{"from":"08:00","to":"12:00"}]}; até 24:00, fim depois do
 *         começo, no máximo seis faixas por dia, sem se cruzarem
 *   out   [saída] na arena; NULL se nenhum dia tem faixa (sempre aberta)
 * Erros:  ERR_INVALID em `businessHours` ou em `businessHours.DIA`.
 */
enum err company_hours_check(struct ctx *c, const char *json, const char **out);

/*
 * Confere as faixas de um dia só e as escreve em `out`, em ordem.
 *   field  o campo de que se reclama
 *   in     lista de {from, to}
 * Erros:   ERR_INVALID.
 */
struct json_object;
enum err company_ranges_write(struct ctx *c, const char *field,
                              struct json_object *in, struct str *out);

/*
 * O mesmo horário como se digita: "08:00-12:00, 13:30-18:00" por dia, na ordem
 * de company_days; vazio é fechado, tudo vazio é sempre aberta.
 *   out   [saída] JSON para company_hours_check, que confere o resto
 * Erros:  ERR_INVALID em `hoursMon` …
 */
enum err
company_hours_read(struct ctx *c, const char *const typed[], const char **out);

/* De volta ao que se digita, um dia; "" se fechado. json pode ser NULL. */
const char *company_hours_text(struct ctx *c, const char *json, int day);

struct company_new {
    const char *name, *locale, *time_zone; /* NULL: o padrão */
    const char *admin_email;               /* já conferido (email_check) */
    const char *admin_name;                /* sugerido no convite; ou NULL */
    int64_t max_users, max_channels, max_storage_mb; /* 0: sem limite */
};

/*
 * Cria uma empresa e quem a administra: conta que existe entra já; senão vai
 * um convite. A transação volta a ser da empresa de quem cria.
 *   id       [saída] a empresa
 *   invited  [saída] verdadeiro se foi convite
 * Erros:     ERR_INVALID (fuso); os de invitation_create.
 */
enum err company_create(struct ctx *c, const struct company_new *new,
                        int64_t *id, bool *invited);

/*
 * Troca os limites (0: sem limite); vale para quem chega, ninguém sai.
 *   version  a que a tela mostrou; 0: não conferir
 * Erros:     ERR_NOT_FOUND; ERR_CONFLICT (versão).
 */
enum err company_set_limits(struct ctx *c, int64_t id, int64_t version,
                            const int64_t limits[3], struct q_company_row *out);

/*
 * Suspende: as pessoas dela recebem 403 `suspended` já; o que os clientes
 * mandam continua sendo guardado. Ou a traz de volta.
 * Erros: ERR_NOT_FOUND; ERR_CONFLICT (já está assim, ou está sendo apagada).
 */
enum err company_suspend(struct ctx *c, int64_t id, bool stop,
                         struct q_company_row *out);

/* A exportação da empresa ficou pronta: sem isto ela não se apaga. */
enum err company_export_done(struct ctx *c, int64_t id);

/*
 * Pede que a empresa seja apagada; o trabalho é do job company.delete, aos
 * pedaços.
 *   confirm  o nome dela, letra por letra
 * Erros:     ERR_NOT_FOUND; ERR_INVALID em `confirm`; ERR_CONFLICT (não
 *            suspensa, não exportada depois de suspensa, já pedida, a única).
 */
enum err company_delete_enqueue(struct ctx *c, int64_t id, const char *confirm);

/* A espécie de job "company.delete". */
extern const struct job_kind company_delete_kind;

#endif
