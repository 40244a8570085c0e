/* mail.c - balcao mail test: um e-mail de prova, pela mesma fila dos outros. */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "base/conf.h"
#include "base/i18n.h"
#include "cli/cli.h"
#include "db/db.h"
#include "mail/header.h"
#include "mail/mail.h"

struct asked {
    const char *template, *lang, *name, *model;
};

static int
post(const char *to, const struct asked *o, struct json_object *model)
{
    struct ctx c;
    enum err e;

    cli_open(&c, conf()->database_url);
    e = mail_enqueue(&c, &(struct mail_new){ .to = to,
                                             .to_name = o->name,
                                             .template = o->template,
                                             .lang = o->lang,
                                             .model = model });
    if (e == OK)
        e = db_commit(&c);
    cli_close(&c);
    if (e != OK)
        return cli_fail("%s", _(err_info(e)->title));
    puts(_("na fila; o worker entrega e conta no log"));
    return CLI_OK;
}

int
cmd_mail(const struct command *self, int argc, char **argv)
{
    struct asked o = { .template = "test", .model = "{}" };
    const struct cli_option options[] = {
        { CLI_TEXT, "template", &o.template, N_("MODELO"),
          N_("modelo em templates/mail (padrão: test)"), 0, 0 },
        { CLI_TEXT, "lang", &o.lang, N_("LÍNGUA"),
          N_("língua do e-mail: pt-BR ou en"), 0, 0 },
        { CLI_TEXT, "name", &o.name, N_("NOME"), N_("nome da pessoa"), 0, 0 },
        { CLI_TEXT, "model", &o.model, N_("JSON"),
          N_("valores do modelo, objeto JSON"), 0, 0 },
        { CLI_END, NULL, NULL, NULL, NULL, 0, 0 },
    };
    int at = cli_parse(self, argc, argv, options), result;
    struct json_object *model;

    if (at != argc - 2 || strcmp(argv[at], "test") != 0)
        return cli_usage(self, "%s", _("diga: mail test ENDEREÇO"));
    if (!mail_is_on())
        return cli_fail("%s", _("smtp_url está vazio: nenhum e-mail sai"));
    if (!mail_address_valid(argv[at + 1]))
        return cli_fail("%s", _("o endereço não serve"));
    model = json_tokener_parse(o.model);
    if (!json_object_is_type(model, json_type_object)) {
        json_object_put(model);
        return cli_fail("%s", _("--model não é um objeto JSON"));
    }
    result = post(argv[at + 1], &o, model);
    json_object_put(model);
    return result;
}
