/*
 * manifest.c - /app.webmanifest: o que o navegador precisa saber para instalar
 * o Balcão como aplicativo. A língua vem no endereço: o navegador o busca sem
 * os cookies.
 */
#include <json-c/json.h>

#include "app/app.h"
#include "app/page_model.h"
#include "base/i18n.h"

struct manifest_in {
    const char *lang;
};
static const struct field manifest_in[] = {
    TEXT(struct manifest_in, lang, .from = QUERY, .max = 20,
         .doc = "pt-BR ou en; sem ela, a do navegador"),
    FIELDS_END
};

static struct json_object *
icon_model(struct req *r, const char *asset, const char *sizes,
           const char *purpose)
{
    struct json_object *m = json_object_new_object();

    model_text(m, "src", page_asset(r->ctx.arena, asset));
    model_text(m, "sizes", sizes);
    model_text(m, "type", "image/png");
    model_text(m, "purpose", purpose);
    return m;
}

static void
add_icons(struct req *r, struct json_object *m)
{
    struct json_object *icons = json_object_new_array();

    json_object_array_add(icons, icon_model(r, "icon192", "192x192", "any"));
    json_object_array_add(icons, icon_model(r, "icon512", "512x512", "any"));
    json_object_array_add(icons,
                          icon_model(r, "iconMaskable", "512x512", "maskable"));
    json_object_object_add(m, "icons", icons);
}

/* O toque longo no ícone leva direto a um destes. */
static void
add_shortcuts(struct req *r, struct json_object *m)
{
    static const struct {
        const char *name, *url;
    } all[] = {
        { N_("Na espera"), "/inbox?status=pending" },
        { N_("Colegas"), "/chat" },
        { N_("Contatos"), "/contacts" },
        { N_("Notificações"), "/notifications" },
    };
    struct json_object *list = json_object_new_array();
    size_t i;

    for (i = 0; i < sizeof all / sizeof *all; i++) {
        struct json_object *one = json_object_new_object();
        struct json_object *icons = json_object_new_array();

        model_text(one, "name", _(all[i].name));
        model_text(one, "url", all[i].url);
        json_object_array_add(icons,
                              icon_model(r, "icon192", "192x192", "any"));
        json_object_object_add(one, "icons", icons);
        json_object_array_add(list, one);
    }
    json_object_object_add(m, "shortcuts", list);
}

static void
drop(void *object)
{
    json_object_put(object);
}

static enum err
manifest(struct req *r, const void *input)
{
    const struct manifest_in *in = input;
    struct json_object *m = json_object_new_object();

    arena_defer(r->ctx.arena, drop, m);
    i18n_set(i18n_pick(in->lang, req_header(r, "Accept-Language")));
    model_text(m, "id", "/inbox");
    model_text(m, "name", "Balcão");
    model_text(m, "short_name", "Balcão");
    model_text(m, "description",
               _("Atendimento a clientes por mensagem, em equipe."));
    model_text(m, "lang", i18n_lang());
    model_text(m, "start_url", "/inbox");
    model_text(m, "scope", "/");
    model_text(m, "display", "standalone");
    model_text(m, "theme_color", "#4f46e5");
    model_text(m, "background_color", "#f7f7fc");
    add_icons(r, m);
    add_shortcuts(r, m);
    reply_header(r, "Cache-Control", "no-cache");
    return reply_text(
        r, 200, "application/manifest+json; charset=utf-8",
        json_object_to_json_string_ext(m, JSON_C_TO_STRING_NOSLASHESCAPE));
}

/* clang-format off */
const struct route manifest_routes[] = {
    { GET, "/app.webmanifest", manifest, .auth = AUTH_PUBLIC, .no_db = true,
      IN(struct manifest_in, manifest_in),
      .out_type = "application/manifest+json",
      .doc = "O que o navegador precisa para instalar o aplicativo" },
    ROUTES_END
};
/* clang-format on */
