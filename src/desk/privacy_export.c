/* privacy_export.c - os arquivos de uma pessoa e de um contato, num ZIP. */
#include <inttypes.h>

#include "account/user.h"
#include "auth/audit.h"
#include "base/i18n.h"
#include "base/zip_disk.h"
#include "db/db.h"
#include "desk/privacy.h"
#include "gen/q_privacy.h"

#define CHUNK_ROWS 5000

/* Onde a leitura das mensagens está. */
struct place {
    int64_t id; /* de quem */
    int64_t major, minor;
};

/* Um pedaço: o miolo de um vetor JSON e quantas linhas tem. */
typedef enum err
read_chunk(struct ctx *c, struct place *at, const char **body, int64_t *found);

static enum err
contact_chunk(struct ctx *c, struct place *at, const char **body,
              int64_t *found)
{
    struct q_privacy_contact_messages_row row;
    enum err e = q_privacy_contact_messages(
        c,
        &(struct q_privacy_contact_messages_in){ .id = at->id,
                                                 .from_ticket = at->major,
                                                 .after_id = at->minor,
                                                 .max = CHUNK_ROWS },
        &row);

    if (e != OK)
        return e;
    at->major = row.ticket_id;
    at->minor = row.message_id;
    *body = row.body;
    *found = row.found;
    return OK;
}

static enum err
person_chunk(struct ctx *c, struct place *at, const char **body, int64_t *found)
{
    struct q_privacy_person_messages_row row;
    enum err e = q_privacy_person_messages(
        c,
        &(struct q_privacy_person_messages_in){ .id = at->id,
                                                .after_company = at->major,
                                                .after_id = at->minor,
                                                .max = CHUNK_ROWS },
        &row);

    if (e != OK)
        return e;
    at->major = row.company_id;
    at->minor = row.message_id;
    *body = row.body;
    *found = row.found;
    return OK;
}

static void
free_arena(void *object)
{
    arena_free(object);
}

/* Cada pedaço numa arena só dele; a de um erro vive até quem responde. */
static enum err
one_chunk(struct ctx *c, read_chunk *read, struct place *at, struct zip_disk *z,
          int64_t *found)
{
    struct arena *home = c->arena, *a = arena_new(65536);
    const char *body, *name;
    enum err e;

    c->arena = a;
    e = read(c, at, &body, found);
    c->arena = home;
    if (e != OK) {
        arena_defer(home, free_arena, a);
        return e;
    }
    if (*found > 0) {
        name = arena_printf(home, "messages/%" PRId64 "-%" PRId64 ".json",
                            at->major, at->minor);
        e = zip_disk_begin(z, name);
        if (e == OK) {
            zip_disk_puts(z, "[\n");
            zip_disk_puts(z, body);
            zip_disk_puts(z, "\n]\n");
            e = zip_disk_end(z);
        }
    }
    arena_free(a);
    return e;
}

static enum err
add_messages(struct ctx *c, int64_t id, read_chunk *read, struct zip_disk *z)
{
    struct place at = { id, 0, 0 };
    int64_t found = CHUNK_ROWS;
    enum err e = OK;

    while (e == OK && found == CHUNK_ROWS)
        e = one_chunk(c, read, &at, z, &found);
    return e;
}

static enum err
note(struct ctx *c, const char *action, const char *type, int64_t id)
{
    return audit_note(c, &(struct audit){ .action = action,
                                          .target_type = type,
                                          .target_id = arena_printf(
                                              c->arena, "%" PRId64, id) });
}

static enum err
add_guide(struct zip_disk *z, const char *text)
{
    return zip_disk_add(z, _("LEIA-ME.txt"), text);
}

enum err
privacy_export_person(struct ctx *c, int64_t id, int *fd)
{
    struct q_privacy_person_files_row *rows = NULL;
    struct q_member_row who;
    struct zip_disk *z = NULL;
    int count = 0, i;
    enum err e = OK;

    if (id != c->user_id)
        e = user_lock(c, id, &who);
    if (e == OK)
        e = q_privacy_person_files(
            c, &(struct q_privacy_person_files_in){ .id = id }, &rows, &count);
    if (e == OK && count == 0)
        e = db_not_found(c);
    if (e == OK)
        e = zip_disk_new(c, &z);
    if (e == OK)
        e = add_guide(
            z, _("Tudo o que o Balcão guarda sobre uma pessoa, em JSON.\n\n"
                 "profile.json      a conta\n"
                 "memberships.json  empresas, papéis e filas\n"
                 "sessions.json     aparelhos que entraram\n"
                 "push.json         aparelhos que recebem avisos\n"
                 "tokens.json       tokens de API, sem o segredo\n"
                 "invitations.json  convites\n"
                 "tickets.json      atendimentos sob responsabilidade dela\n"
                 "changes.json      mudanças que fez em atendimentos\n"
                 "audit.json        o que fez, quando e de onde\n"
                 "messages/         o que escreveu, até 5000 por arquivo\n\n"
                 "Senhas e segredos não são guardados em forma legível e não "
                 "estão aqui.\n"));
    for (i = 0; e == OK && i < count; i++)
        e = zip_disk_add(z, rows[i].name, rows[i].body);
    if (e == OK)
        e = add_messages(c, id, person_chunk, z);
    if (e == OK)
        e = zip_disk_finish(z, fd);
    return e == OK ? note(c, "user.exported", "user", id) : e;
}

enum err
privacy_export_contact(struct ctx *c, int64_t id, int *fd)
{
    struct q_privacy_contact_files_row *rows = NULL;
    struct q_privacy_contact_name_row who;
    struct zip_disk *z = NULL;
    int count = 0, i;
    enum err e = q_privacy_contact_name(
        c, &(struct q_privacy_contact_name_in){ .id = id }, &who);

    if (e == OK)
        e = q_privacy_contact_files(
            c, &(struct q_privacy_contact_files_in){ .id = id }, &rows, &count);
    if (e == OK)
        e = zip_disk_new(c, &z);
    if (e == OK)
        e = add_guide(
            z, _("Tudo o que a empresa guarda sobre um contato, em JSON.\n\n"
                 "contact.json     nome e telefone\n"
                 "identities.json  por que números e contas escreve\n"
                 "tickets.json     atendimentos\n"
                 "changes.json     mudanças dos atendimentos\n"
                 "notes.json       o que se anotou sobre ele\n"
                 "messages/        as mensagens, até 5000 por arquivo; fotos e "
                 "arquivos aparecem pela referência\n"));
    for (i = 0; e == OK && i < count; i++)
        e = zip_disk_add(z, rows[i].name, rows[i].body);
    if (e == OK)
        e = add_messages(c, id, contact_chunk, z);
    if (e == OK)
        e = zip_disk_finish(z, fd);
    return e == OK ? note(c, "contact.exported", "contact", id) : e;
}
