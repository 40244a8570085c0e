/*
 * whatsapp_cloud_in.c - lê o webhook da Cloud API: o envelope, quem escreve
 * e os estados. Tudo que vem é de fora: nada é obrigatório além do que dá
 * sentido à mensagem.
 * Fonte: WhatsApp Cloud API, webhooks (entry, changes, messages, statuses).
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "channel/whatsapp_cloud.h"
#include "channel/whatsapp_cloud_kind.h"
#include "desk/phone.h"

/* A Meta fala em até 1000 por entrega; o resto é guardado cru. */
#define ITEMS_MAX 4096

struct reader {
    struct arena *arena;
    const struct channel *channel;
    struct channel_batch *out;
    int limit; /* tamanho de cada lista de out */
};

static void
add_problem(struct reader *r, const char *text)
{
    if (r->out->problem_count < r->limit)
        r->out->problems[r->out->problem_count++] = text;
}

/* ---- quem escreve ---- */

static bool
same_phone(const char *a, const char *b)
{
    char key_a[PHONE_MAX + 1], key_b[PHONE_MAX + 1];

    phone_match_key(a, key_a);
    phone_match_key(b, key_b);
    return strcmp(key_a, key_b) == 0;
}

/* O que serve de chave: ASCII visível, sem aspas nem barra, até 200 bytes. */
static bool
is_key(const char *text)
{
    size_t i;

    for (i = 0; text[i] != '\0'; i++)
        if (text[i] <= ' ' || text[i] > '~' || text[i] == '"' ||
            text[i] == '\\' || i >= 200)
            return false;
    return i > 0;
}

static void
add_id(struct inbound *in, const char *kind, const char *value)
{
    int i;

    if (value == NULL || in->from.id_count == CONTACT_IDS || !is_key(value))
        return;
    for (i = 0; i < in->from.id_count; i++)
        if (strcmp(in->from.ids[i].kind, kind) == 0 &&
            (strcmp(in->from.ids[i].value, value) == 0 ||
             (strcmp(kind, "phone") == 0 &&
              same_phone(in->from.ids[i].value, value))))
            return;
    in->from.ids[in->from.id_count++] =
        (struct contact_identity){ kind, value };
}

static void
add_phone(struct reader *r, struct inbound *in, const char *text)
{
    char digits[PHONE_MAX + 1];

    if (text != NULL && phone_digits(text, digits))
        add_id(in, "phone", arena_strdup(r->arena, digits));
}

static bool
is_same_person(struct reader *r, struct json_object *contact, const char *from,
               const char *user_id)
{
    const char *id = json_read_text(r->arena, contact, "user_id");
    const char *wa_id = json_read_text(r->arena, contact, "wa_id");
    char a[PHONE_MAX + 1], b[PHONE_MAX + 1];

    if (id != NULL && user_id != NULL)
        return strcmp(id, user_id) == 0;
    return wa_id != NULL && from != NULL && phone_digits(wa_id, a) &&
           phone_digits(from, b) && same_phone(a, b);
}

/*
 * O cartão de quem escreveu. Sozinho na entrega ele só pode ser o da única
 * mensagem, ainda que nada case: no México e na Argentina from e wa_id podem
 * diferir, e quem usa nome de usuário pode vir sem os dois.
 */
static struct json_object *
find_contact(struct reader *r, struct json_object *value, const char *from,
             const char *user_id)
{
    struct json_object *list = json_read_array(value, "contacts");
    size_t i, n = list == NULL ? 0 : json_object_array_length(list);

    for (i = 0; i < n; i++) {
        struct json_object *contact = json_object_array_get_idx(list, i);

        if (is_same_person(r, contact, from, user_id))
            return contact;
    }
    if (n == 1 &&
        json_object_array_length(json_read_array(value, "messages")) == 1)
        return json_object_array_get_idx(list, 0);
    return NULL;
}

/* Quem trocou de número responde no novo; o antigo ainda o identifica. */
static void
read_new_number(struct reader *r, struct json_object *message,
                struct inbound *in)
{
    struct json_object *system = json_read_object(message, "system");
    const char *type = json_read_text(r->arena, system, "type");
    const char *phone = json_read_text(r->arena, system, "wa_id");

    if (type == NULL || (strcmp(type, "user_changed_number") != 0 &&
                         strcmp(type, "customer_changed_number") != 0 &&
                         strcmp(type, "user_changed_user_id") != 0))
        return;
    if (phone == NULL)
        phone = json_read_text(r->arena, system, "new_wa_id");
    add_phone(r, in, phone);
    add_id(in, "bsuid", json_read_text(r->arena, system, "user_id"));
}

static void
read_sender(struct reader *r, struct json_object *value,
            struct json_object *message, struct inbound *in)
{
    const char *from = json_read_text(r->arena, message, "from");
    const char *user_id = json_read_text(r->arena, message, "from_user_id");
    struct json_object *contact = find_contact(r, value, from, user_id);
    struct json_object *profile = json_read_object(contact, "profile");

    read_new_number(r, message, in);
    add_phone(r, in, from);
    add_phone(r, in, json_read_text(r->arena, contact, "wa_id"));
    add_id(in, "bsuid", user_id);
    add_id(in, "bsuid", json_read_text(r->arena, contact, "user_id"));
    in->from.name = json_read_text(r->arena, profile, "name");
    if (in->from.name == NULL)
        in->from.name = json_read_text(r->arena, profile, "username");
}

/* ---- mensagens ---- */

static void
read_message(struct reader *r, struct json_object *value,
             struct json_object *message)
{
    struct inbound *in = &r->out->messages[r->out->message_count];
    struct json_object *context = json_read_object(message, "context");

    memset(in, 0, sizeof *in);
    in->channel_id = r->channel->id;
    in->default_queue_id = r->channel->default_queue_id;
    in->provider_id = json_read_text(r->arena, message, "id");
    in->sent_at_s = json_read_int(message, "timestamp");
    in->reply_to = json_read_text(r->arena, context, "id");
    if (in->provider_id == NULL) {
        add_problem(r, "mensagem sem id");
        return;
    }
    /* O grupo não é o remetente: respondê-lo em particular seria um erro. */
    if (json_read_text(r->arena, message, "group_id") != NULL) {
        add_problem(r, "mensagem de grupo: grupos não são atendidos");
        return;
    }
    read_sender(r, value, message, in);
    if (in->from.id_count == 0) {
        add_problem(r, "mensagem sem remetente");
        return;
    }
    whatsapp_cloud_read_kind(r->arena, message, in);
    if (in->action != INBOUND_MESSAGE && in->target == NULL) {
        add_problem(r, "reação, edição ou apagamento sem mensagem alvo");
        return;
    }
    r->out->message_count++;
}

/* ---- estados ---- */

static const char *
error_words(struct reader *r, struct json_object *status)
{
    struct json_object *list = json_read_array(status, "errors");
    struct json_object *e =
        list == NULL ? NULL : json_object_array_get_idx(list, 0);
    const char *code = json_read_text(r->arena, e, "code");
    const char *title = json_read_text(r->arena, e, "title");
    const char *details =
        json_read_text(r->arena, json_read_object(e, "error_data"), "details");

    if (title == NULL)
        title = json_read_text(r->arena, e, "message");
    if (title == NULL && details == NULL)
        return code;
    return arena_printf(r->arena, "%s%s%s%s%s%s", title != NULL ? title : "",
                        title != NULL && details != NULL ? ": " : "",
                        details != NULL ? details : "",
                        code != NULL ? " (" : "", code != NULL ? code : "",
                        code != NULL ? ")" : "");
}

static void
read_status(struct reader *r, struct json_object *status)
{
    static const char known[] = " sent delivered read played failed ";
    struct inbound_status *s = &r->out->statuses[r->out->status_count];
    const char *name = json_read_text(r->arena, status, "status");

    memset(s, 0, sizeof *s);
    s->channel_id = r->channel->id;
    s->provider_id = json_read_text(r->arena, status, "id");
    s->sent_at_s = json_read_int(status, "timestamp");
    s->opaque = json_read_text(r->arena, status, "biz_opaque_callback_data");
    if (s->provider_id == NULL || name == NULL) {
        add_problem(r, "estado sem id ou sem nome");
        return;
    }
    if (strchr(name, ' ') != NULL ||
        strstr(known, arena_printf(r->arena, " %s ", name)) == NULL) {
        log_debug("whatsapp: estado %.20s ignorado", name);
        return;
    }
    s->status = name;
    if (strcmp(name, "failed") == 0)
        s->error = error_words(r, status);
    r->out->status_count++;
}

/* ---- envelope ---- */

static void
log_errors(struct reader *r, struct json_object *value)
{
    struct json_object *list = json_read_array(value, "errors");

    if (list != NULL)
        log_warn("whatsapp: canal %lld: a Meta avisa do erro %s",
                 (long long)r->channel->id, error_words(r, value));
}

/* O número tem de ser o do canal: a chave do endereço não basta. */
static bool
is_ours(struct reader *r, struct json_object *value)
{
    const char *id = json_read_text(
        r->arena, json_read_object(value, "metadata"), "phone_number_id");

    if (id != NULL && strcmp(id, r->channel->external_id) == 0)
        return true;
    add_problem(r, arena_printf(r->arena,
                                "phone_number_id %.40s não é o deste canal",
                                id != NULL ? id : "ausente"));
    return false;
}

static void
read_change(struct reader *r, struct json_object *change)
{
    const char *field = json_read_text(r->arena, change, "field");
    struct json_object *value = json_read_object(change, "value");
    struct json_object *messages = json_read_array(value, "messages");
    struct json_object *statuses = json_read_array(value, "statuses");
    size_t i;

    if (field != NULL && (strncmp(field, "message_template_", 17) == 0 ||
                          strcmp(field, "template_category_update") == 0)) {
        r->out->templates_changed = true;
        return;
    }
    if (field == NULL || strcmp(field, "messages") != 0) {
        log_debug("whatsapp: campo %.40s ignorado",
                  field != NULL ? field : "sem nome");
        return;
    }
    log_errors(r, value);
    if ((messages == NULL && statuses == NULL) || !is_ours(r, value))
        return;
    for (i = 0; messages != NULL && i < json_object_array_length(messages); i++)
        read_message(r, value, json_object_array_get_idx(messages, i));
    for (i = 0; statuses != NULL && i < json_object_array_length(statuses); i++)
        read_status(r, json_object_array_get_idx(statuses, i));
}

/*
 * A conta do WhatsApp Business, de que o número é; só algarismos. Uma entrega
 * pode trazer várias contas (um aplicativo serve a mais de uma): de qual é o
 * número só se sabe se ela é uma só.
 */
static const char *
account_of(struct reader *r, struct json_object *entries)
{
    const char *id =
        json_read_text(r->arena, json_object_array_get_idx(entries, 0), "id");
    size_t n = id != NULL ? strlen(id) : 0;

    if (json_object_array_length(entries) != 1)
        return NULL;
    return n > 0 && n <= 32 && strspn(id, "0123456789") == n ? id : NULL;
}

typedef void (*each_change)(struct reader *r, struct json_object *change);

static void
for_changes(struct reader *r, struct json_object *entries, each_change call)
{
    size_t i, j;

    for (i = 0; i < json_object_array_length(entries); i++) {
        struct json_object *entry = json_object_array_get_idx(entries, i);
        struct json_object *changes = json_read_array(entry, "changes");

        for (j = 0; changes != NULL && j < json_object_array_length(changes);
             j++)
            call(r, json_object_array_get_idx(changes, j));
    }
}

/* Quanto cabe: no pior caso cada item vira um problema, e cada mudança outro.
 */
static void
count_change(struct reader *r, struct json_object *change)
{
    struct json_object *value = json_read_object(change, "value");
    struct json_object *messages = json_read_array(value, "messages");
    struct json_object *statuses = json_read_array(value, "statuses");

    r->limit += 1;
    if (messages != NULL)
        r->limit += (int)json_object_array_length(messages);
    if (statuses != NULL)
        r->limit += (int)json_object_array_length(statuses);
}

static int
by_time(const void *a, const void *b)
{
    const struct inbound *x = a, *y = b;

    if (x->sent_at_s != y->sent_at_s)
        return x->sent_at_s < y->sent_at_s ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static int
by_provider_id(const void *a, const void *b)
{
    const struct inbound_status *x = a, *y = b;
    int d = strcmp(x->provider_id, y->provider_id);

    return d != 0 ? d : (x->order > y->order) - (x->order < y->order);
}

/*
 * Mensagens na hora do provedor, que a entrega não garante. Estados sempre na
 * mesma ordem de linhas: duas entregas com os mesmos não se travam.
 */
static void
sort_batch(struct channel_batch *b)
{
    int i;

    for (i = 0; i < b->message_count; i++)
        b->messages[i].order = i;
    for (i = 0; i < b->status_count; i++)
        b->statuses[i].order = i;
    if (b->message_count > 1)
        qsort(b->messages, (size_t)b->message_count, sizeof *b->messages,
              by_time);
    if (b->status_count > 1)
        qsort(b->statuses, (size_t)b->status_count, sizeof *b->statuses,
              by_provider_id);
}

void
whatsapp_cloud_parse(struct arena *a, const struct channel *ch,
                     struct slice body, struct channel_batch *out)
{
    struct reader r = { .arena = a, .channel = ch, .out = out, .limit = 1 };
    struct json_object *root = json_read(a, body);
    struct json_object *entries = json_read_array(root, "entry");
    size_t n;

    memset(out, 0, sizeof *out);
    if (entries != NULL)
        for_changes(&r, entries, count_change);
    n = r.limit <= ITEMS_MAX ? (size_t)r.limit : 1;
    out->messages = arena_alloc(a, n * sizeof *out->messages);
    out->statuses = arena_alloc(a, n * sizeof *out->statuses);
    out->problems = arena_alloc(a, n * sizeof *out->problems);
    if (root == NULL)
        add_problem(&r, "o corpo não é um JSON válido");
    else if (entries == NULL)
        add_problem(&r, "o corpo não tem a lista entry");
    else if (r.limit > ITEMS_MAX)
        add_problem(&r, "itens demais numa entrega");
    else
        for_changes(&r, entries, read_change);
    /* o aviso de modelo não diz de que número é: não ensina a conta */
    if (out->message_count > 0 || out->status_count > 0)
        out->account_id = account_of(&r, entries);
    sort_batch(out);
}
