/* meta_codes.c - a tabela de erros da Meta. */
#include "channel/meta_codes.h"

#include <stddef.h>

#include "base/i18n.h"

static const char bad_token[] =
    N_("a credencial do canal não vale mais; grave um token novo");
static const char no_permission[] = N_("falta permissão ao token do canal");
static const char blocked[] = N_("a conta do WhatsApp está bloqueada");
static const char payment[] =
    N_("há um problema de pagamento na conta da Meta");
static const char window[] =
    N_("passaram 24 h da última mensagem do cliente; envie um modelo");
static const char unreachable[] =
    N_("este número não recebe: não tem WhatsApp ou usa uma versão antiga");
static const char not_allowed[] =
    N_("número de teste: inclua o destinatário na lista da Meta");
static const char healthy[] =
    N_("a Meta segurou para não incomodar; tente amanhã");
static const char stopped[] = N_("a pessoa não quer mensagens de marketing");
static const char no_template[] =
    N_("a Meta não tem este modelo aprovado nesta língua; atualize a lista");
static const char changed_template[] =
    N_("o modelo mudou na Meta; atualize a lista e preencha de novo");
static const char paused_template[] =
    N_("a Meta pausou ou desativou este modelo");

/* clang-format off */
static const struct {
    int64_t first, last;
    struct meta_action action;
} codes[] = {
    {      0,      0, { CHANNEL_DOWN,    -1, bad_token } },
    {      1,      2, { CHANNEL_RETRY,   -1, NULL } },
    {      3,      3, { CHANNEL_DOWN,    -1, no_permission } },
    {      4,      4, { CHANNEL_RETRY,  120, NULL } },
    {     10,     10, { CHANNEL_DOWN,    -1, no_permission } },
    {     33,     33, { CHANNEL_REFUSED, -1, NULL } },
    {    100,    100, { CHANNEL_REFUSED, -1, NULL } },
    {    190,    190, { CHANNEL_DOWN,    -1, bad_token } },
    {    200,    299, { CHANNEL_DOWN,    -1, no_permission } },
    {    368,    368, { CHANNEL_DOWN,    -1, blocked } },
    {  80007,  80007, { CHANNEL_RETRY,  120, NULL } },
    { 130429, 130429, { CHANNEL_RETRY,   -1, NULL } },
    { 130472, 130472, { CHANNEL_REFUSED, -1, healthy } },
    { 131000, 131000, { CHANNEL_RETRY,   -1, NULL } },
    { 131005, 131005, { CHANNEL_DOWN,    -1, no_permission } },
    { 131016, 131016, { CHANNEL_RETRY,   -1, NULL } },
    { 131026, 131026, { CHANNEL_REFUSED, -1, unreachable } },
    { 131030, 131030, { CHANNEL_REFUSED, -1, not_allowed } },
    { 131031, 131031, { CHANNEL_DOWN,    -1, blocked } },
    { 131042, 131042, { CHANNEL_DOWN,    -1, payment } },
    { 131047, 131047, { CHANNEL_REFUSED, -1, window } },
    { 131048, 131048, { CHANNEL_RETRY,  300, NULL } },
    { 131049, 131049, { CHANNEL_REFUSED, -1, healthy } },
    { 131050, 131050, { CHANNEL_REFUSED, -1, stopped } },
    { 131056, 131056, { CHANNEL_RETRY,    6, NULL } },
    { 131057, 131057, { CHANNEL_RETRY,   60, NULL } },
    { 132000, 132000, { CHANNEL_REFUSED, -1, changed_template } },
    { 132001, 132001, { CHANNEL_REFUSED, -1, no_template } },
    { 132012, 132012, { CHANNEL_REFUSED, -1, changed_template } },
    { 132015, 132016, { CHANNEL_REFUSED, -1, paused_template } },
    { 133004, 133004, { CHANNEL_RETRY,   60, NULL } },
};
/* clang-format on */

static const struct meta_action refused = { CHANNEL_REFUSED, -1, NULL };
static const struct meta_action retry = { CHANNEL_RETRY, -1, NULL };
static const struct meta_action down = { CHANNEL_DOWN, -1, bad_token };

static const struct meta_action *
find(int64_t code)
{
    size_t i;

    for (i = 0; i < sizeof codes / sizeof *codes; i++)
        if (code >= codes[i].first && code <= codes[i].last)
            return &codes[i].action;
    return NULL;
}

struct meta_action
meta_classify(const struct meta_error *e)
{
    const struct meta_action *known = find(e->code);
    bool passing = e->status == 429 || e->status >= 500 || e->status == 408;

    /* um 5xx ou 429 é do momento, diga o código o que disser */
    if (passing)
        return known != NULL && known->outcome == CHANNEL_RETRY ? *known
                                                                : retry;
    if (known != NULL)
        return *known;
    if (e->is_transient)
        return retry;
    if (e->code < 0 && e->status == 401)
        return down;
    return refused;
}
