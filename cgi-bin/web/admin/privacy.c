/* admin/privacy.c - páginas de dados pessoais: /admin e /account. */
#include "app/app.h"
#include "app/form_page.h"
#include "app/privacy_page.h"
#include "base/i18n.h"
#include "desk/privacy.h"

struct home_in {
    const char *q;
};
static const struct field home_in[] = { TEXT(struct home_in, q, .from = QUERY,
                                             .max = 100,
                                             .doc = "Nome, e-mail ou telefone"),
                                        FIELDS_END };

static enum err
home(struct req *r, const void *input)
{
    return privacy_home_page(r, ((const struct home_in *)input)->q);
}

/* clang-format off */
struct erase_in { int64_t id; const char *confirm; };
static const struct field ask_in[] = {
    INT (struct erase_in, id, .from = PATH, .min = 1, .doc = "De quem"),
    FIELDS_END
};
static const struct field erase_in[] = {
    INT (struct erase_in, id, .from = PATH, .min = 1, .doc = "De quem"),
    TEXT(struct erase_in, confirm, .required = true, .max = 254,
         .doc = "O nome do contato, ou o e-mail da pessoa"),
    FIELDS_END
};
struct password_in { const char *password; };
static const struct field password_in[] = {
    TEXT(struct password_in, password, .required = true, .doc = "A senha"),
    FIELDS_END
};
/* clang-format on */

static enum err
ask_contact(struct req *r, const void *input)
{
    return privacy_erase_page(r, PRIVACY_CONTACT,
                              ((const struct erase_in *)input)->id);
}

static enum err
ask_user(struct req *r, const void *input)
{
    return privacy_erase_page(r, PRIVACY_USER,
                              ((const struct erase_in *)input)->id);
}

static enum err
draw_contact(struct req *r)
{
    return privacy_erase_page(r, PRIVACY_CONTACT, form_path_id(r));
}

static enum err
draw_user(struct req *r)
{
    return privacy_erase_page(r, PRIVACY_USER, form_path_id(r));
}

static enum err
erase_contact(struct req *r, const void *input)
{
    const struct erase_in *in = input;
    enum err e = privacy_erase_contact(&r->ctx, in->id, in->confirm);

    return e != OK ? e
                   : form_done(r, "/admin/privacy",
                               _("Contato apagado. As contagens ficam."));
}

static enum err
erase_user(struct req *r, const void *input)
{
    const struct erase_in *in = input;
    enum err e = privacy_erase_person(&r->ctx, in->id, in->confirm);

    return e != OK
               ? e
               : form_done(r, "/admin/privacy", _("Dados da pessoa apagados."));
}

static enum err
own(struct req *r, const void *input)
{
    (void)input;
    return privacy_own_page(r);
}

static enum err
erase_own(struct req *r, const void *input)
{
    const struct password_in *in = input;
    enum err e = privacy_erase_self(&r->ctx, in->password);

    if (e != OK)
        return e;
    reply_cookie(r, session_cookie_name(r), "", "/", 0);
    return form_done(r, "/login", _("Sua conta foi apagada."));
}

/* clang-format off */
const struct route privacy_pages[] = {
    { GET, "/admin/privacy", home, PERM_PRIVACY, WEB_PAGE,
      IN(struct home_in, home_in), .doc = "Pedidos de dados pessoais" },
    { GET, "/admin/privacy/contacts/{id}/erase", ask_contact, PERM_PRIVACY,
      WEB_PAGE, IN(struct erase_in, ask_in), .doc = "Confirma apagar um contato" },
    { POST, "/admin/privacy/contacts/{id}/erase", erase_contact, PERM_PRIVACY,
      WEB_FORM, .refuses = "409", .redraw = draw_contact, IN(struct erase_in, erase_in),
      .doc = "Apaga um contato" },
    { GET, "/admin/privacy/users/{id}/erase", ask_user, PERM_PRIVACY, WEB_PAGE,
      IN(struct erase_in, ask_in), .doc = "Confirma apagar uma pessoa" },
    { POST, "/admin/privacy/users/{id}/erase", erase_user, PERM_PRIVACY,
      WEB_FORM, .refuses = "409", .redraw = draw_user, IN(struct erase_in, erase_in),
      .doc = "Apaga uma pessoa" },
    { GET, "/account/privacy", own, PERM_SELF, WEB_PAGE,
      .doc = "Os próprios dados" },
    { POST, "/account/privacy/erase", erase_own, PERM_SELF, WEB_FORM, .refuses = "409",
      .redraw = privacy_own_page, IN(struct password_in, password_in),
      .doc = "Apaga a própria conta" },
    ROUTES_END
};
/* clang-format on */
