/* profile.c - a própria pessoa muda o que mostra de si. */
#include "account/profile.h"

#include <string.h>

#include "account/picture.h"
#include "base/i18n.h"
#include "gen/q_account.h"
#include "view/picture.h"

/* Nome de verdade: alguma coisa além de espaços. */
static enum err
check_name(struct ctx *c, const char *field, const char *name)
{
    if (name == NULL || name[strspn(name, " \t\r\n")] != '\0')
        return OK;
    return fail_field(c, field, "required", "%s", _("é obrigatório"));
}

enum err
profile_change(struct ctx *c, const struct profile *p)
{
    struct q_account_profile_set_in in = { .name = p->name,
                                           .locale = p->locale };
    int64_t changed;
    enum err e = check_name(c, "name", p->name);

    if (e == OK)
        e = check_name(c, "displayName", p->display_name);
    if (e == OK)
        e = q_account_profile_set(c, &in, &changed);
    if (e == OK && p->display_name != NULL)
        e = q_account_display_name_set(c,
                                       &(struct q_account_display_name_set_in){
                                           .display_name = p->display_name },
                                       &changed);
    return e;
}

enum err
profile_picture_put(struct ctx *c, const char *field, struct slice image)
{
    struct slice webp;
    enum err e = picture_square(c, field, image, PICTURE_SIDE, &webp);

    return e != OK ? e : picture_put(c, PICTURE_OF_USER, c->user_id, webp);
}
