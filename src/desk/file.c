/* file.c - o que entra pela equipe e o que sai. */
#include "desk/file.h"

#include <inttypes.h>
#include <openssl/sha.h>
#include <string.h>

#include "base/conf.h"
#include "base/i18n.h"
#include "media/kind.h"
#include "media/store.h"
#include "media/tool.h"
#include "view/picture.h"

#define F struct q_file_row

const struct field file_out[] = {
    INT(F, id, .doc = "Arquivo"),
    INT_OR_NULL(F, user_id, .doc = "Quem o enviou; null: o cliente"),
    INT_OR_NULL(F, ticket_id, .doc = "Ticket em que está"),
    INT_OR_NULL(F, message_id, .doc = "Mensagem em que está"),
    ENUM(F, source, .doc = "De onde veio", .one_of = "inbound upload"),
    ENUM(F, kind, .doc = "Espécie de mensagem que faz",
         .one_of = "image video audio document sticker"),
    TEXT(F, name, .doc = "Nome; vazio: não tem"),
    TEXT(F, mime, .doc = "Tipo, pelos bytes"),
    INT(F, bytes, .doc = "Tamanho em bytes"),
    TEXT(F, sha256, .nullable = true, .doc = "SHA-256, em hexadecimal"),
    BOOL(F, voice, .doc = "Gravado na conversa"),
    ENUM(F, state, .doc = "pending: por chegar ou preparar",
         .one_of = "pending ready failed refused"),
    TEXT(F, reason, .nullable = true, .doc = "Por que falhou"),
    INT_OR_NULL(F, width, .doc = "Largura em pontos"),
    INT_OR_NULL(F, height, .doc = "Altura em pontos"),
    INT_OR_NULL(F, duration_ms, .doc = "Duração em milissegundos"),
    BOOL(F, preview, .doc = "Tem miniatura"),
    TIME(F, created_at, .doc = "Quando chegou"),
    FIELDS_END
};

const char file_schema[] =
    "{\"type\":[\"object\",\"null\"],\"required\":[\"fileId\",\"kind\","
    "\"bytes\"],\"properties\":{\"fileId\":{\"type\":\"integer\"},\"kind\":"
    "{\"type\":\"string\"},\"mime\":{\"type\":\"string\"},\"filename\":"
    "{\"type\":\"string\"},\"bytes\":{\"type\":\"integer\"},\"width\":"
    "{\"type\":\"integer\"},\"height\":{\"type\":\"integer\"},"
    "\"durationMs\":{\"type\":\"integer\"},\"preview\":{\"type\":"
    "\"boolean\"}}}";

enum err
file_check_room(struct ctx *c, int64_t bytes)
{
    struct q_file_room_row room;
    enum err e =
        q_file_room(c, &(struct q_file_room_in){ .bytes = bytes }, &room);

    if (e != OK || room.fits)
        return e;
    return fail(c, ERR_LIMIT_REACHED,
                _("os arquivos da empresa chegaram aos %lld MB permitidos"),
                (long long)room.max_mb);
}

/* Gravação que o worker converte: vale tudo o que o ffmpeg lê. */
static const struct media_kind *
recording_kind(struct ctx *c, const char *mime)
{
    struct media_kind *k = arena_alloc(c->arena, sizeof *k);

    *k = (struct media_kind){ .kind = "audio",
                              .mime = arena_strdup(c->arena, mime),
                              .max_bytes = media_kind_max("audio") };
    return k;
}

static enum err
check_kind(struct ctx *c, struct slice data, bool voice,
           const struct media_kind **out)
{
    const char *mime = media_mime(data);
    bool recorded = mime != NULL && voice && media_is_recording(mime);
    int64_t max;

    if (mime == NULL)
        return fail(c, ERR_UNAVAILABLE, NULL);
    *out = recorded && media_tool_ready() ? recording_kind(c, mime)
                                          : media_kind_of(mime, voice);
    if (*out == NULL && recorded)
        return fail_field(c, "file", "type", "%s",
                          _("este servidor não converte gravações (falta o "
                            "ffmpeg), e o WhatsApp não aceita esta como "
                            "está"));
    if (*out == NULL)
        return fail_field(c, "file", "type",
                          _("o WhatsApp não aceita arquivos deste tipo (%s)"),
                          mime);
    if (voice && strcmp((*out)->kind, "audio") != 0)
        return fail_field(c, "file", "type", "%s",
                          _("a gravação não tem som que se conheça"));
    max = (*out)->max_bytes < conf()->media_max_size ? (*out)->max_bytes
                                                     : conf()->media_max_size;
    if ((int64_t)data.len > max)
        return fail_field(c, "file", "max",
                          _("o arquivo pode ter no máximo %lld bytes"),
                          (long long)max);
    return OK;
}

void
file_digest(struct slice data, char hex[static 65])
{
    unsigned char hash[SHA256_DIGEST_LENGTH];

    SHA256((const unsigned char *)data.data, data.len, hash);
    hex_encode(hash, sizeof hash, hex);
}

bool
file_picture_size(struct slice data, struct picture_info *out)
{
    unsigned width;

    if (!picture_inspect(data, out))
        return false;
    width = out->width;
    if (out->orientation >= 5) { /* de lado: mostra-se girada */
        out->width = out->height;
        out->height = width;
    }
    return true;
}

bool
file_try_later(struct job *job, enum store_outcome got, enum job_next *next)
{
    if (got != STORE_AWAY || job->attempts >= FILE_TRIES)
        return false;
    job->error = "o armazenamento não atende";
    *next = JOB_RETRY;
    return true;
}

/*
 * Os bytes primeiro: enquanto vão a um S3 não há linha travada, e ninguém
 * mais da empresa espera por eles. Sem a linha, não ficam.
 */
static enum err
add_stored(struct ctx *c, const struct q_file_add_in *in, struct slice data,
           F *out)
{
    enum err e = store_put(c, in->key, data, in->sha256);

    if (e != OK)
        return e;
    e = q_file_add(c, in, out);
    if (e == OK && strcmp(in->state, "ready") == 0)
        e = file_look(c, out->id, in->kind);
    if (e != OK)
        store_drop(c->arena, in->key);
    return e;
}

enum err
file_upload(struct ctx *c, struct slice data, const char *name, bool voice,
            F *out)
{
    const struct media_kind *k = NULL;
    struct picture_info size = { 0 };
    struct q_file_add_in in;
    bool waits = voice && media_tool_ready();
    char sha256[65];
    enum err e = file_check_room(c, (int64_t)data.len);

    if (e == OK)
        e = check_kind(c, data, voice, &k);
    if (e != OK)
        return e;
    file_digest(data, sha256);
    if (strcmp(k->kind, "image") == 0 && !file_picture_size(data, &size))
        return fail_field(c, "file", "type", "%s",
                          _("a imagem está estragada ou cortada"));
    in = (struct q_file_add_in){ .kind = k->kind,
                                 .name = voice ? "" : name,
                                 .mime = k->mime,
                                 .bytes = (int64_t)data.len,
                                 .sha256 = sha256,
                                 .voice = voice,
                                 .state = waits ? "pending" : "ready",
                                 .key = store_key(c),
                                 .width = size.width,
                                 .has_width = size.width > 0,
                                 .height = size.height,
                                 .has_height = size.height > 0 };
    return add_stored(c, &in, data, out);
}

enum err
file_find(struct ctx *c, int64_t id, F *out)
{
    return q_file_find(c, &(struct q_file_find_in){ .id = id }, out);
}
