/* privacy_page.c - os modelos das páginas de dados pessoais. */
#include "app/privacy_page.h"

#include <inttypes.h>
#include <json-c/json.h>

#include "app/form_page.h"
#include "app/page_model.h"
#include "app/settings_page.h"
#include "auth/audit.h"
#include "auth/audit_words.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/when.h"
#include "gen/q_privacy.h"
#include "gen/q_user.h"

#define FOUND_MAX 20
#define RECENT_MAX 20
#define ACTIONS "contact.exported,contact.erased,user.exported,user.erased"

static const char *const families[] = {
    [PRIVACY_CONTACT] = "contacts", [PRIVACY_USER] = "users"
};

/* Quem a busca achou. */
struct found {
    int64_t id;
    const char *name, *note;
};

static void
add_found(struct req *r, struct json_object *list, enum privacy_of of,
          const struct found *f)
{
    struct json_object *m = json_object_new_object();
    struct arena *a = r->ctx.arena;

    model_text(m, "name", f->name);
    model_text(m, "note", f->note);
    model_text(m, "kind", of == PRIVACY_CONTACT ? _("Contato") : _("Equipe"));
    model_text(m, "exportPath",
               arena_printf(a, "/api/v1/privacy/%s/%" PRId64 "/export",
                            families[of], f->id));
    model_text(m, "erasePath",
               of == PRIVACY_USER && f->id == r->ctx.user_id
                   ? NULL
                   : arena_printf(a, "/admin/privacy/%s/%" PRId64 "/erase",
                                  families[of], f->id));
    json_object_array_add(list, m);
}

/* Só os algarismos: o telefone se digita de muitas formas. */
static const char *
digits_of(struct arena *a, const char *words)
{
    struct str s;

    str_init(&s, a, 24);
    for (; *words != '\0'; words++)
        if (*words >= '0' && *words <= '9')
            str_putc(&s, *words);
    return s.len > 0 ? s.data : "";
}

static enum err
find_contacts(struct req *r, const char *words, struct json_object *list)
{
    struct q_privacy_contact_search_row *rows;
    int count, i;
    enum err e =
        q_privacy_contact_search(&r->ctx,
                                 &(struct q_privacy_contact_search_in){
                                     .words = words,
                                     .digits = digits_of(r->ctx.arena, words),
                                     .max = FOUND_MAX },
                                 &rows, &count);

    for (i = 0; e == OK && i < count; i++)
        add_found(r, list, PRIVACY_CONTACT,
                  &(struct found){ rows[i].id, rows[i].name, rows[i].phone });
    return e;
}

static enum err
find_people(struct req *r, const char *words, struct json_object *list)
{
    struct q_member_row *rows;
    int count, i;
    enum err e = q_member_list(&r->ctx,
                               &(struct q_member_list_in){ .search = words,
                                                           .role = "",
                                                           .status = "all",
                                                           .after_name = "",
                                                           .max = FOUND_MAX },
                               &rows, &count);

    for (i = 0; e == OK && i < count; i++)
        add_found(r, list, PRIVACY_USER,
                  &(struct found){ rows[i].id, rows[i].name, rows[i].email });
    return e;
}

static enum err
add_recent(struct req *r, struct json_object *m)
{
    struct audit_filter f = { .actions = ACTIONS };
    struct json_object *list = json_object_new_array(), *one;
    struct q_audit_row *rows;
    int count, i;
    enum err e;

    json_object_object_add(m, "recent", list);
    e = audit_list(
        &r->ctx, &f,
        (struct audit_span){ .before_id = INT64_MAX, .max = RECENT_MAX }, &rows,
        &count);
    for (i = 0; e == OK && i < count; i++) {
        int64_t at_ms = when_parse(rows[i].at);

        one = json_object_new_object();
        model_text(one, "iso", when_iso(r->ctx.arena, at_ms));
        model_text(one, "when",
                   when_brief(r->ctx.arena, at_ms, clock_now_ms()));
        model_text(one, "who", audit_who(&rows[i]));
        model_text(one, "what", audit_sentence(r->ctx.arena, &rows[i]));
        json_object_array_add(list, one);
    }
    model_bool(m, "hasRecent", e == OK && count > 0);
    return e;
}

enum err
privacy_home_page(struct req *r, const char *words)
{
    struct json_object *m = settings_model(
        r, "/admin/privacy", _("Privacidade"),
        _("Atenda quem pede os próprios dados, ou o fim deles."));
    struct json_object *list = json_object_new_array();
    bool asked = words != NULL && words[0] != '\0';
    enum err e = OK;

    form_model(r, m, NULL);
    json_object_object_add(m, "rows", list);
    model_text(m, "words", words);
    model_bool(m, "asked", asked);
    if (asked)
        e = find_contacts(r, words, list);
    if (e == OK && asked)
        e = find_people(r, words, list);
    model_bool(m, "hasRows", json_object_array_length(list) > 0);
    if (e == OK)
        e = add_recent(r, m);
    return e != OK ? e : page_reply(r, 200, "privacy/home", m);
}

/* O que a página diz e o que ela pede que se escreva. */
static enum err
erase_subject(struct req *r, enum privacy_of of, int64_t id, const char **name,
              const char **phrase)
{
    struct q_privacy_contact_name_row contact;
    struct q_member_row person;
    enum err e;

    if (of == PRIVACY_CONTACT) {
        e = q_privacy_contact_name(
            &r->ctx, &(struct q_privacy_contact_name_in){ .id = id }, &contact);
        if (e == OK)
            *name = *phrase = contact.name;
        return e;
    }
    e = q_member_get(&r->ctx, &(struct q_member_get_in){ .id = id }, &person);
    if (e == OK) {
        *name = person.name;
        *phrase = person.email;
    }
    return e;
}

enum err
privacy_erase_page(struct req *r, enum privacy_of of, int64_t id)
{
    struct json_object *m;
    const char *name, *phrase;
    enum err e = erase_subject(r, of, id, &name, &phrase);

    if (e != OK)
        return e;
    m = settings_model(
        r, "/admin/privacy",
        of == PRIVACY_CONTACT ? _("Apagar contato") : _("Apagar pessoa"), NULL);
    form_model(r, m, NULL);
    settings_parent(m, "/admin/privacy", _("Privacidade"));
    model_bool(m, "isContact", of == PRIVACY_CONTACT);
    model_text(m, "name", name);
    model_text(m, "phrase", phrase);
    model_text(m, "action",
               arena_printf(r->ctx.arena, "/admin/privacy/%s/%" PRId64 "/erase",
                            families[of], id));
    model_text(m, "exportPath",
               arena_printf(r->ctx.arena,
                            "/api/v1/privacy/%s/%" PRId64 "/export",
                            families[of], id));
    return page_reply(r, 200, "privacy/erase", m);
}

enum err
privacy_own_page(struct req *r)
{
    struct json_object *m = settings_model(
        r, "/account/privacy", _("Seus dados"),
        _("Leve uma cópia do que se guarda sobre você, ou apague a conta."));

    form_model(r, m, NULL);
    return page_reply(r, 200, "privacy/own", m);
}
