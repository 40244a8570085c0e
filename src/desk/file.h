/*
 * file.h - arquivos das conversas: quem pode vê-los, o que se aceita e o que
 * acontece com eles. Os bytes são de media/store.h. Não conhece HTTP.
 */
#ifndef BALCAO_FILE_H
#define BALCAO_FILE_H

#include "base/ctx.h"
#include "base/field.h"
#include "gen/q_file.h"
#include "jobs/worker.h"
#include "media/store_job.h"
#include "view/picture.h"

/* Como um arquivo sai na API. */
extern const struct field file_out[];

/* O JSON de um arquivo dentro de outra coisa: file_media e a espécie. */
extern const char file_schema[];

/*
 * Guarda um arquivo que alguém da equipe enviou, conferido pelos bytes.
 *   data   1 byte ou mais
 *   name   sem pastas; "" se não se sabe
 *   voice  gravado agora: vai como mensagem de voz; fica pending até a
 *          mensagem em que vai, e o worker a converte (file_prepare)
 * Erros: ERR_INVALID em `file` (tipo, tamanho); ERR_LIMIT_REACHED (a empresa
 *        encheu o que pode guardar); ERR_UNAVAILABLE sem disco.
 */
enum err file_upload(struct ctx *c, struct slice data, const char *name,
                     bool voice, struct q_file_row *out);

/* O arquivo, se quem pede o pode ver. Erros: ERR_NOT_FOUND. */
enum err file_find(struct ctx *c, int64_t id, struct q_file_row *out);

/* Um arquivo que chegou numa mensagem e ainda está na plataforma. */
struct file_arrival {
    int64_t message_id;
    const char *kind, *name, *mime; /* como a plataforma disse; "" não disse */
    const char *remote_id;
    bool voice;
};

/*
 * Anota o arquivo e enfileira a busca (job media.fetch), na transação da
 * mensagem.
 *   media  [saída] o que a mensagem passa a dizer dele, em JSON
 */
enum err
file_arrive(struct ctx *c, const struct file_arrival *in, const char **media);

/* Confere o espaço da empresa. Erros: ERR_LIMIT_REACHED. */
enum err file_check_room(struct ctx *c, int64_t bytes);

/*
 * Os lados de uma imagem como ela se mostra, já com o giro do EXIF. Falso se
 * está estragada.
 */
bool file_picture_size(struct slice data, struct picture_info *out);

/*
 * Os bytes que um job precisa perto não vieram: se é que ainda estão, o job
 * volta depois, até FILE_TRIES vezes.
 * Devolve verdadeiro se volta.
 */
enum { FILE_TRIES = 8 };
bool
file_try_later(struct job *job, enum store_outcome got, enum job_next *next);

/* SHA-256 em hexadecimal. */
void file_digest(struct slice data, char hex[static 65]);

/*
 * O arquivo que chegou está guardado: fica pronto, e avisa message:updated.
 * Já pronto ou apagado: nada muda.
 */
enum err file_fetched(struct ctx *c, const struct q_file_fetched_in *in);

/*
 * Enfileira a medida e a miniatura de um arquivo pronto (job media.look); as
 * espécies que não têm nem uma nem outra ficam como estão.
 */
enum err file_look(struct ctx *c, int64_t id, const char *kind);

/* A mensagem do arquivo diz o que se soube dele, e avisa message:updated. */
enum err file_retell(struct ctx *c, int64_t id);

/*
 * A busca não deu certo: "failed" pode ser tentada de novo, "refused" não.
 * Avisa message:updated.
 */
enum err
file_fail(struct ctx *c, int64_t id, const char *state, const char *why);

/*
 * Enfileira a conversão de uma gravação (job media.voice) na fila do ticket,
 * à frente do envio da mensagem dela.
 */
enum err file_prepare(struct ctx *c, int64_t id, int64_t ticket_id);

/*
 * A mensagem vai de novo: se o que falhou foi a conversão da gravação, também
 * ela se faz de novo.
 */
enum err
file_prepare_again(struct ctx *c, int64_t message_id, int64_t ticket_id);

/*
 * Busca de novo o que falhou. Erros: ERR_NOT_FOUND; ERR_CONFLICT (não falhou,
 * ou não se busca).
 */
enum err file_retry(struct ctx *c, int64_t id, struct q_file_row *out);

#endif
