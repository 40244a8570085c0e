/*
 * chat_pages.c - /chat: a conversa entre colegas, por links e formulários. Com
 * JavaScript a mesma página se renova sozinha (templates/static/chat.js).
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/file_model.h"
#include "app/form_page.h"
#include "app/page_model.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/when.h"
#include "db/db.h"
#include "desk/inbound.h"
#include "desk/talk.h"

#define APP_NAME "chat_pages"
#define MESSAGES 50
#define TALKS 50

extern const struct route notices_routes[];   /* chat_pages/notices.c */
extern const struct route chat_file_routes[]; /* chat_pages/files.c */

struct chat_in {
    int64_t id, message_id, before, reply, edit, peek, reply_to, version;
    const char *cursor, *body, *name, *user_ids;
};
#define C struct chat_in
static const struct field index_in[] = {
    TEXT(C, cursor, .from = QUERY, .max = 80, .doc = "Continua a lista"),
    FIELDS_END
};
static const struct field talk_in[] = {
    INT(C, id, .from = PATH, .min = 1, .doc = "Conversa"),
    TEXT(C, cursor, .from = QUERY, .max = 80, .doc = "Continua a lista"),
    INT(C, before, .from = QUERY, .min = 0, .fallback = INT64_MAX,
        .doc = "Só as anteriores a esta mensagem"),
    INT(C, reply, .from = QUERY, .min = 0, .doc = "Mensagem a citar"),
    INT(C, edit, .from = QUERY, .min = 0, .doc = "Mensagem a corrigir"),
    INT(C, peek, .from = QUERY, .min = 0, .max = 1,
        .doc = "1: só espia, sem marcar como lida"),
    FIELDS_END
};
/* Limites largos: quem recusa é o domínio, para o texto não se perder. */
static const struct field send_in[] = {
    INT(C, id, .from = PATH, .min = 1, .doc = "Conversa"),
    TEXT(C, body, .max = 20000, .lines = true, .doc = "Texto"),
    INT(C, reply_to, .min = 0, .doc = "Mensagem citada"),
    INT(C, edit, .min = 0, .doc = "Mensagem que se corrige"), FIELDS_END
};
static const struct field line_in[] = {
    INT(C, id, .from = PATH, .min = 1, .doc = "Conversa"),
    INT(C, message_id, .from = PATH, .min = 1, .doc = "Mensagem"), FIELDS_END
};
static const struct field id_in[] = {
    INT(C, id, .from = PATH, .min = 1, .doc = "Conversa"), FIELDS_END
};
static const struct field new_in[] = {
    TEXT(C, name, .max = 200, .doc = "Nome do grupo; vazio: uma pessoa"),
    INTS(C, user_ids, .doc = "Com quem"), FIELDS_END
};
static const struct field group_in[] = {
    INT(C, id, .from = PATH, .min = 1, .doc = "Conversa"),
    INT(C, version, .min = 1, .doc = "Versão que a tela mostrou"),
    TEXT(C, name, .max = 200, .doc = "Nome do grupo"),
    INTS(C, user_ids, .doc = "As pessoas, todas"), FIELDS_END
};

static int64_t
path_id(const struct req *r)
{
    int64_t id = 0;

    return r->path_values[0] != NULL && parse_int64(r->path_values[0], &id) ? id
                                                                            : 0;
}

/* ---- a lista ---- */

static const char *
presence_text(const char *status)
{
    return status == NULL                  ? NULL
           : strcmp(status, "online") == 0 ? _("disponível")
           : strcmp(status, "away") == 0   ? _("ausente")
                                           : _("desconectada");
}

static void
add_face(struct req *r, struct json_object *m, int64_t id, const char *name)
{
    model_text(m, "initials", page_initials(r->ctx.arena, name));
    model_int(m, "hue", id % 6);
}

/* O texto, a espécie do arquivo, ou que se apagou. */
static const char *
excerpt(struct req *r, const char *body, const char *file)
{
    if (file != NULL)
        return message_preview(r->ctx.arena, file, body);
    return body != NULL && body[0] != '\0' ? body : _("Mensagem apagada");
}

/* "Você: …", "Bruno: …" num grupo, ou só o texto. */
static const char *
preview(struct req *r, const struct q_talk_row *t)
{
    struct arena *a = r->ctx.arena;
    const char *text;

    if (!t->has_last_id)
        return _("Nenhuma mensagem ainda");
    text = excerpt(r, t->last_body, t->last_file);
    if (t->last_body[0] == '\0' && t->last_file == NULL)
        return text;
    if (t->has_last_by && t->last_by == r->ctx.user_id)
        return arena_printf(a, _("Você: %s"), text);
    if (strcmp(t->kind, "group") == 0 && t->last_by_name != NULL)
        return arena_printf(a, "%s: %s", t->last_by_name, text);
    return text;
}

static struct json_object *
row_model(struct req *r, const struct q_talk_row *t, int64_t open_id)
{
    struct json_object *m = json_object_new_object();
    int64_t at_ms = when_parse(t->last_at);
    struct arena *a = r->ctx.arena;

    model_int(m, "id", t->id);
    model_text(m, "href", page_path(r, "/chat", t->id, ""));
    model_text(m, "name", t->name);
    model_bool(m, "isGroup", strcmp(t->kind, "group") == 0);
    add_face(r, m, t->has_peer_id ? t->peer_id : t->id, t->name);
    model_text(m, "presence", t->presence);
    model_text(m, "presenceText", presence_text(t->presence));
    model_text(m, "peer",
               t->has_peer_id ? arena_printf(a, "%" PRId64, t->peer_id) : NULL);
    model_text(m, "preview", preview(r, t));
    model_text(
        m, "unread",
        t->unread > 0
            ? arena_printf(a, t->unread > 99 ? "99+" : "%" PRId64, t->unread)
            : NULL);
    model_text(m, "atIso", when_iso(a, at_ms));
    model_text(m, "atText", when_brief(a, at_ms, clock_now_ms()));
    model_bool(m, "current", t->id == open_id);
    return m;
}

static enum err
add_list(struct req *r, struct json_object *m, const char *cursor,
         int64_t open_id)
{
    struct json_object *list = json_object_new_array();
    struct talk_page page = { .cursor = cursor, .most = TALKS };
    struct str s;
    int i;
    enum err e = talk_list(&r->ctx, &page);

    json_object_object_add(m, "talks", list);
    for (i = 0; e == OK && i < page.count; i++)
        json_object_array_add(list, row_model(r, &page.rows[i], open_id));
    if (e != OK)
        return e;
    model_bool(m, "hasTalks", page.count > 0);
    str_init(&s, r->ctx.arena, 80);
    if (page.next != NULL) {
        str_printf(&s, "%s?cursor=",
                   open_id != 0 ? page_path(r, "/chat", open_id, "") : "/chat");
        str_url(&s, page.next, strlen(page.next));
    }
    model_text(m, "moreHref", page.next != NULL ? s.data : NULL);
    return OK;
}

static struct json_object *
chat_model(struct req *r, const char *title)
{
    struct json_object *m = page_model(r, title);

    when_zone(r->session.time_zone);
    model_bool(m, "inChat", true);
    model_text(
        m, "rooms",
        arena_printf(r->ctx.arena, "user:%" PRId64 ",people", r->ctx.user_id));
    form_model(r, m, NULL);
    return m;
}

static enum err
index_page(struct req *r, const void *input)
{
    const struct chat_in *in = input;
    struct json_object *m = chat_model(r, _("Colegas"));
    enum err e = add_list(r, m, in->cursor, 0);

    return e != OK ? e : page_reply(r, 200, "chat/index", m);
}

/* ---- a conversa ---- */

/* A última que todos os outros leram: marca as próprias como lidas. */
static int64_t
read_by_all(const struct req *r, const char *members)
{
    struct json_object *list = json_tokener_parse(members), *one, *v;
    int64_t least = INT64_MAX;
    size_t i;

    for (i = 0; i < json_object_array_length(list); i++) {
        one = json_object_array_get_idx(list, i);
        json_object_object_get_ex(one, "id", &v);
        if (json_object_get_int64(v) == r->ctx.user_id)
            continue;
        json_object_object_get_ex(one, "readId", &v);
        if (json_object_get_int64(v) < least)
            least = json_object_get_int64(v);
    }
    json_object_put(list);
    return least;
}

static struct json_object *
message_model(struct req *r, const struct q_talk_message_row *t, bool in_group,
              int64_t read_id)
{
    struct json_object *m = json_object_new_object();
    bool is_mine = t->has_user_id && t->user_id == r->ctx.user_id;
    bool is_gone = t->deleted_at != NULL;
    int64_t at_ms = when_parse(t->created_at);
    struct arena *a = r->ctx.arena;
    const char *who =
        t->user_name != NULL ? t->user_name : _("Alguém que saiu");
    const char *talk = page_path(r, "/chat", t->conversation_id, "");

    model_int(m, "id", t->id);
    model_text(m, "side", is_mine ? "out" : "in");
    model_text(m, "who", who);
    model_text(m, "sender", in_group && !is_mine ? who : NULL);
    model_text(m, "speaker", is_mine ? _("Você") : who);
    model_bool(m, "gone", is_gone);
    model_text(m, "body", is_gone ? NULL : t->body);
    model_bool(m, "edited", t->edited_at != NULL && !is_gone);
    model_text(m, "atIso", when_iso(a, at_ms));
    model_text(m, "atText", when_clock(a, at_ms));
    model_text(m, "tick",
               !is_mine || is_gone ? NULL
               : t->id <= read_id  ? "checks"
                                   : "check");
    model_bool(m, "read", t->id <= read_id);
    model_text(m, "quotedId",
               t->has_reply_to ? arena_printf(a, "%" PRId64, t->reply_to)
                               : NULL);
    model_text(m, "quotedWho",
               t->reply_name != NULL ? t->reply_name : _("Alguém que saiu"));
    model_text(m, "quotedText", excerpt(r, t->reply_body, t->reply_file));
    file_model(
        r, m,
        &(struct file_shown){
            .kind = t->file_kind,
            .media = t->file,
            .base = arena_printf(a, "/api/v1/conversations/%" PRId64 "/files",
                                 t->conversation_id),
            .from_me = is_mine,
            .deleted = is_gone });
    model_text(m, "replyHref",
               is_gone ? NULL
                       : arena_printf(a, "%s?reply=%" PRId64 "#chat-answer",
                                      talk, t->id));
    model_text(
        m, "editHref",
        !is_mine || is_gone
            ? NULL
            : arena_printf(a, "%s?edit=%" PRId64 "#chat-answer", talk, t->id));
    model_text(
        m, "deletePath",
        !is_mine || is_gone
            ? NULL
            : arena_printf(a, "%s/messages/%" PRId64 "/delete", talk, t->id));
    return m;
}

static enum err
add_messages(struct req *r, struct json_object *m,
             const struct q_talk_get_row *talk, int64_t before)
{
    struct json_object *list = json_object_new_array(), *one;
    int64_t read_id = read_by_all(r, talk->members);
    bool in_group = strcmp(talk->kind, "group") == 0;
    struct q_talk_message_row *rows;
    const char *day, *last = "";
    struct arena *a = r->ctx.arena;
    int64_t at_ms;
    int count, i;
    enum err e = q_talk_messages(
        &r->ctx,
        &(struct q_talk_messages_in){
            .id = talk->id, .before = before, .max = MESSAGES + 1 },
        &rows, &count);

    json_object_object_add(m, "messages", list);
    if (e != OK)
        return e;
    for (i = (count > MESSAGES ? MESSAGES : count) - 1; i >= 0; i--) {
        at_ms = when_parse(rows[i].created_at);
        day = when_day(a, at_ms);
        one = message_model(r, &rows[i], in_group, read_id);
        model_text(one, "day", strcmp(day, last) != 0 ? day : NULL);
        model_text(one, "dayText", when_day_text(a, at_ms, clock_now_ms()));
        json_object_array_add(list, one);
        last = day;
    }
    model_bool(m, "hasMessages", count > 0);
    model_text(m, "olderHref",
               count > MESSAGES
                   ? arena_printf(a, "%s?before=%" PRId64,
                                  page_path(r, "/chat", talk->id, ""),
                                  rows[MESSAGES - 1].id)
                   : NULL);
    model_text(m, "newerHref",
               before != INT64_MAX ? page_path(r, "/chat", talk->id, "")
                                   : NULL);
    return OK;
}

/* O que se cita ou se corrige na caixa; some em silêncio se não pode. */
static enum err
add_composer(struct req *r, struct json_object *m, const struct chat_in *in)
{
    int64_t target = in->edit != 0 ? in->edit : in->reply;
    struct q_talk_message_row *rows = NULL;
    const char *typed = req_form(r, "body");
    int count = 0;
    bool fits;
    enum err e = OK;

    if (target > 0 && target < INT64_MAX)
        e = q_talk_messages(&r->ctx,
                            &(struct q_talk_messages_in){
                                .id = in->id, .before = target + 1, .max = 1 },
                            &rows, &count);
    if (e != OK)
        return e;
    fits = count == 1 && rows[0].id == target && rows[0].deleted_at == NULL;
    if (fits && in->edit != 0)
        fits = rows[0].has_user_id && rows[0].user_id == r->ctx.user_id;
    model_int(m, "replyTo", fits && in->edit == 0 ? target : 0);
    model_int(m, "edit", fits && in->edit != 0 ? target : 0);
    model_text(m, "aboutWho",
               !fits                       ? NULL
               : in->edit != 0             ? _("Corrigir a mensagem")
               : rows[0].user_name != NULL ? rows[0].user_name
                                           : _("Alguém que saiu"));
    model_text(m, "aboutText",
               fits ? excerpt(r, rows[0].body, rows[0].file_kind) : NULL);
    model_text(m, "typed",
               typed != NULL           ? typed
               : fits && in->edit != 0 ? rows[0].body
                                       : "");
    return OK;
}

static enum err
show_talk(struct req *r, const struct chat_in *in)
{
    struct json_object *m = chat_model(r, "");
    struct json_object *t = json_object_new_object();
    struct q_talk_get_row talk;
    bool is_group;
    enum err e =
        q_talk_get(&r->ctx, &(struct q_talk_get_in){ .id = in->id }, &talk);

    json_object_object_add(m, "talk", t);
    if (e != OK)
        return e;
    is_group = strcmp(talk.kind, "group") == 0;
    model_text(m, "title", talk.name);
    model_int(t, "id", talk.id);
    model_text(t, "name", talk.name);
    model_text(t, "path", page_path(r, "/chat", talk.id, ""));
    model_bool(t, "isGroup", is_group);
    add_face(r, t, talk.has_peer_id ? talk.peer_id : talk.id, talk.name);
    model_text(t, "presence", talk.presence);
    model_text(t, "presenceText", presence_text(talk.presence));
    model_text(t, "people",
               arena_printf(r->ctx.arena,
                            i18n_plural("%d pessoa", "%d pessoas",
                                        (unsigned long)talk.people),
                            (int)talk.people));
    json_object_object_add(t, "members", json_tokener_parse(talk.members));
    e = add_messages(r, m, &talk, in->before);
    if (e == OK)
        e = add_composer(r, m, in);
    if (e == OK)
        e = add_list(r, m, in->cursor, in->id);
    return e != OK ? e : page_reply(r, 200, "chat/index", m);
}

static enum err
talk_page(struct req *r, const void *input)
{
    const struct chat_in *in = input;
    struct q_talk_read_row read;
    enum err e = OK;

    if (in->peek == 0 && in->before == INT64_MAX)
        e = talk_read(&r->ctx, in->id, 0, &read);
    return e != OK ? e : show_talk(r, in);
}

enum err chat_redraw_talk(struct req *r);

enum err
chat_redraw_talk(struct req *r)
{
    struct chat_in in = { .id = path_id(r), .before = INT64_MAX };
    const char *text = req_form(r, "edit");

    if (text != NULL)
        parse_int64(text, &in.edit);
    text = req_form(r, "replyTo");
    if (text != NULL)
        parse_int64(text, &in.reply);
    return show_talk(r, &in);
}

static enum err
send_form(struct req *r, const void *input)
{
    const struct chat_in *in = input;
    const char *body = form_lines(r, in->body);
    struct q_talk_message_row m;
    enum err e = in->edit != 0
                     ? talk_rewrite(&r->ctx, in->id, in->edit, body, &m)
                     : talk_send(&r->ctx, in->id, body, in->reply_to, &m);

    return e != OK ? e : reply_redirect(r, page_path(r, "/chat", in->id, ""));
}

static enum err
delete_form(struct req *r, const void *input)
{
    const struct chat_in *in = input;
    struct q_talk_message_row m;
    enum err e = talk_rewrite(&r->ctx, in->id, in->message_id, NULL, &m);

    return e != OK ? e : reply_redirect(r, page_path(r, "/chat", in->id, ""));
}

/* ---- nova conversa e grupo ---- */

static bool
has_id(const char *list, int64_t id)
{
    const char *p = list != NULL ? list : "";

    while ((p = strpbrk(p, "0123456789")) != NULL) {
        char *end;

        if (strtoll(p, &end, 10) == id)
            return true;
        p = end;
    }
    return false;
}

static enum err
add_people(struct req *r, struct json_object *m, const char *chosen)
{
    struct json_object *list = json_object_new_array(), *one;
    struct q_talk_people_row *rows;
    struct arena *a = r->ctx.arena;
    int count, i;
    enum err e = q_talk_people(
        &r->ctx, &(struct q_talk_people_in){ .after_name = "", .max = 500 },
        &rows, &count);

    json_object_object_add(m, "people", list);
    for (i = 0; e == OK && i < count; i++) {
        one = json_object_new_object();
        model_text(one, "id", arena_printf(a, "%" PRId64, rows[i].id));
        model_text(one, "name", rows[i].name);
        add_face(r, one, rows[i].id, rows[i].name);
        model_text(one, "presence", rows[i].status);
        model_text(one, "presenceText", presence_text(rows[i].status));
        model_bool(one, "marked",
                   form_marked(r, "userIds",
                               arena_printf(a, "%" PRId64, rows[i].id),
                               has_id(chosen, rows[i].id)));
        json_object_array_add(list, one);
    }
    model_bool(m, "hasPeople", count > 0);
    return e;
}

static enum err
show_new(struct req *r)
{
    struct json_object *m = chat_model(r, _("Nova conversa"));
    enum err e;

    model_bool(m, "isNew", true);
    e = add_people(r, m, NULL);
    if (e == OK)
        e = add_list(r, m, NULL, 0);
    return e != OK ? e : page_reply(r, 200, "chat/index", m);
}

static enum err
new_page(struct req *r, const void *input)
{
    (void)input;
    return show_new(r);
}

static enum err
new_save(struct req *r, const void *input)
{
    const struct chat_in *in = input;
    struct q_talk_get_row talk;
    enum err e = talk_open(&r->ctx, in->user_ids != NULL ? in->user_ids : "{}",
                           in->name != NULL ? in->name : "", &talk);

    return e != OK ? e : reply_redirect(r, page_path(r, "/chat", talk.id, ""));
}

/* "{1,2}" das pessoas da conversa. */
static const char *
member_ids(struct req *r, const char *members)
{
    struct json_object *list = json_tokener_parse(members), *v;
    struct str s;
    size_t i;

    str_init(&s, r->ctx.arena, 80);
    for (i = 0; i < json_object_array_length(list); i++) {
        json_object_object_get_ex(json_object_array_get_idx(list, i), "id", &v);
        str_printf(&s, ",%" PRId64, json_object_get_int64(v));
    }
    json_object_put(list);
    return s.data;
}

static enum err
show_group(struct req *r, int64_t id)
{
    struct json_object *m = chat_model(r, _("Grupo"));
    struct json_object *group = json_object_new_object(), *form;
    struct q_talk_get_row talk;
    enum err e =
        q_talk_get(&r->ctx, &(struct q_talk_get_in){ .id = id }, &talk);

    json_object_object_add(m, "group", group);
    if (e != OK)
        return e;
    if (strcmp(talk.kind, "group") != 0)
        return db_not_found(&r->ctx);
    form = json_object_new_object();
    model_text(form, "name", talk.name);
    form_model(r, m, form);
    model_text(group, "name", talk.name);
    model_int(group, "version", talk.version);
    model_text(group, "path", page_path(r, "/chat", id, ""));
    model_bool(group, "isOwner",
               talk.has_owner_id && talk.owner_id == r->ctx.user_id);
    json_object_object_add(group, "members", json_tokener_parse(talk.members));
    e = add_people(r, m, member_ids(r, talk.members));
    if (e == OK)
        e = add_list(r, m, NULL, id);
    return e != OK ? e : page_reply(r, 200, "chat/index", m);
}

static enum err
group_page(struct req *r, const void *input)
{
    const struct chat_in *in = input;

    return show_group(r, in->id);
}

static enum err
redraw_group(struct req *r)
{
    return show_group(r, path_id(r));
}

static enum err
group_save(struct req *r, const void *input)
{
    const struct chat_in *in = input;
    struct q_talk_get_row talk;
    enum err e =
        talk_change(&r->ctx, in->id,
                    &(struct talk_change){
                        .version = in->version,
                        .name = in->name != NULL ? in->name : "",
                        .people = in->user_ids != NULL ? in->user_ids : "{}" },
                    &talk);

    return e != OK ? e
                   : form_done(r, page_path(r, "/chat", in->id, ""),
                               _("Grupo salvo"));
}

static enum err
leave_save(struct req *r, const void *input)
{
    const struct chat_in *in = input;
    enum err e = talk_leave(&r->ctx, in->id);

    return e != OK ? e : form_done(r, "/chat", _("Você saiu do grupo"));
}

/* clang-format off */
static const struct route routes[] = {
    { GET, "/chat", index_page, PERM_CHAT, WEB_PAGE, IN(C, index_in),
      .doc = "As conversas com colegas" },
    { GET, "/chat/new", new_page, PERM_CHAT, WEB_PAGE, .doc = "Nova conversa" },
    { POST, "/chat/new", new_save, PERM_CHAT, WEB_FORM, IN(C, new_in),
      .redraw = show_new, .doc = "Abre uma conversa ou um grupo" },
    { GET, "/chat/{id}", talk_page, PERM_CHAT, WEB_PAGE, .writes = true,
      IN(C, talk_in), .doc = "Uma conversa; marca como lida" },
    { POST, "/chat/{id}", send_form, PERM_CHAT, WEB_FORM, IN(C, send_in),
      .redraw = chat_redraw_talk, .refuses = "409",
      .doc = "Escreve, ou corrige a própria mensagem" },
    { POST, "/chat/{id}/messages/{messageId}/delete", delete_form, PERM_CHAT,
      WEB_FORM, IN(C, line_in), .refuses = "409",
      .doc = "Apaga a própria mensagem" },
    { GET, "/chat/{id}/group", group_page, PERM_CHAT, WEB_PAGE, IN(C, id_in),
      .doc = "O nome e as pessoas de um grupo" },
    { POST, "/chat/{id}/group", group_save, PERM_CHAT, WEB_FORM, IN(C, group_in),
      .redraw = redraw_group, .refuses = "409", .doc = "Muda um grupo" },
    { POST, "/chat/{id}/leave", leave_save, PERM_CHAT, WEB_FORM, IN(C, id_in),
      .refuses = "409", .doc = "Sai de um grupo" },
    ROUTES_END
};
/* clang-format on */
APP_MAIN_OF(routes, notices_routes, chat_file_routes)
