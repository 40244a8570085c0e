/*
 * custom.h - os campos que a empresa inventa para contatos e atendimentos: a
 * definição de cada um e a conferência dos valores, que ficam num objeto JSON
 * {chave: valor}. Não sabe de quem é o objeto.
 */
#ifndef BALCAO_CUSTOM_H
#define BALCAO_CUSTOM_H

#include <stdint.h>

#include "base/ctx.h"
#include "base/field.h"
#include "gen/q_custom.h"

enum {
    CUSTOM_FIELDS_MAX = 60,
    CUSTOM_TEXT_MAX = 1000,
    CUSTOM_OPTIONS_MAX = 100
};

/* Como uma definição sai na API. */
extern const struct field custom_field_out[];

/* O schema OpenAPI do objeto: `.schema` do campo custom das rotas. */
#define CUSTOM_SCHEMA \
    "{\"type\":\"object\",\"additionalProperties\":{\"anyOf\":[" \
    "{\"type\":\"string\"},{\"type\":\"number\"},{\"type\":\"boolean\"}," \
    "{\"type\":\"null\"}]}}"

/*
 * Confere os valores de um objeto contra as definições e o junta ao gravado.
 * O que não veio fica; null ou texto vazio tira; número e sim/não também
 * podem vir como texto (é assim que os formulários os mandam); o telefone sai
 * em algarismos. Chave que já não tem definição some do resultado.
 *   target  "contact" ou "ticket"
 *   json    objeto com o que muda; NULL: nada
 *   saved   o objeto gravado; NULL: é novo, e os obrigatórios têm de vir
 *   out     [saída] o objeto a gravar, na arena
 * Erros:    ERR_INVALID, com cada campo ruim como "custom.CHAVE": required,
 *           type, format, max, one_of, unknown; os do banco.
 */
enum err custom_check(struct ctx *c, const char *target, const char *json,
                      const char *saved, const char **out);

/* O que se diz de um campo ao criá-lo ou mudá-lo; NULL: fica. */
struct custom_change {
    int64_t version;           /* a que a tela mostrou; 0: não conferir */
    const char *target, *kind; /* só na criação */
    const char *key;           /* só na criação; NULL: sai do rótulo */
    const char *label;
    const char *options; /* vetor JSON de textos; só vale em select */
    bool required, has_required;
    int64_t position;
    bool has_position;
};

/*
 * Cria um campo.
 * Erros: ERR_INVALID (options, key); ERR_CONFLICT (chave repetida, com o
 *        campo); ERR_LIMIT_REACHED.
 */
enum err custom_field_create(struct ctx *c, const struct custom_change *new,
                             struct q_custom_field_row *out);

/*
 * Muda rótulo, opções, ordem ou se é obrigatório.
 * Erros: ERR_NOT_FOUND; ERR_CONFLICT (versão); ERR_INVALID (options).
 */
enum err
custom_field_change(struct ctx *c, int64_t id, const struct custom_change *to,
                    struct q_custom_field_row *out);

/* Apaga a definição; os valores somem na próxima gravação de cada um. */
enum err custom_field_delete(struct ctx *c, int64_t id);

/* Sobe ou desce um lugar entre os do mesmo dono; na ponta, nada muda.
 * Erros: ERR_NOT_FOUND. */
enum err custom_field_move(struct ctx *c, int64_t id, bool up);

#endif
