/* picture.c - guarda e acha imagens pelas funções da migração 0008. */
#include "account/picture.h"

#include "db/db.h"
#include "gen/q_user.h"

static const char *
kind_name(enum picture_of of)
{
    return of == PICTURE_OF_USER ? "user" : "company";
}

enum err
picture_put(struct ctx *c, enum picture_of of, int64_t owner, struct slice webp)
{
    struct q_picture_put_row row;
    enum err e = q_picture_put(
        c,
        &(struct q_picture_put_in){
            .kind = kind_name(of), .owner = owner, .image = webp },
        &row);

    if (e == OK && !row.saved)
        return fail(c, ERR_FORBIDDEN, NULL);
    return e;
}

enum err
picture_drop(struct ctx *c, enum picture_of of, int64_t owner)
{
    struct q_picture_drop_row row;

    return q_picture_drop(
        c, &(struct q_picture_drop_in){ .kind = kind_name(of), .owner = owner },
        &row);
}

enum err
picture_get(struct ctx *c, enum picture_of of, int64_t owner, const char *known,
            struct picture *out)
{
    struct q_picture_get_row row;
    bool found;
    enum err e = q_picture_get(
        c,
        &(struct q_picture_get_in){ .kind = kind_name(of),
                                    .owner = owner,
                                    .known = known != NULL ? known : "" },
        &row, &found);

    if (e == OK && !found)
        return db_not_found(c);
    if (e == OK)
        *out = (struct picture){ .image = row.image, .etag = row.etag };
    return e;
}
