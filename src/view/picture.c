/*
 * picture.c - confere a imagem e manda desenhá-la num processo à parte: quem
 * decodifica arquivo dos outros tem tetos, pode morrer sem levar o programa, e
 * devolve a memória toda ao acabar.
 */
#include "view/picture.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/log.h"
#include "view/picture_draw.h"

#define CPU_S 20
#define LATE_MS 60000 /* parado, sem gastar processador */
#define MEMORY_BYTES (INT64_C(1) << 30)
#define WEBP_MAX (1 << 20)

static enum err
check_header(struct ctx *c, const char *field, struct slice in,
             struct picture_info *info)
{
    if (in.len == 0)
        return fail_field(c, field, "required", "%s", _("Envie uma imagem"));
    if (!picture_inspect(in, info) || in.len > INT_MAX) {
        if (info->kind == PICTURE_UNKNOWN)
            return fail_field(c, field, "type", "%s",
                              _("Envie uma imagem JPEG, PNG, WebP ou GIF"));
        return fail_field(c, field, "type", "%s",
                          _("A imagem está estragada ou é de um tipo que não "
                            "lemos"));
    }
    if (info->width > PICTURE_MAX_SIDE || info->height > PICTURE_MAX_SIDE ||
        (uint64_t)info->width * info->height > PICTURE_MAX_PIXELS)
        return fail_field(
            c, field, "max",
            _("A imagem passa de %d megapixels ou de %d pontos de lado"),
            PICTURE_MAX_PIXELS / 1000000, PICTURE_MAX_SIDE);
    return OK;
}

static _Noreturn void
draw_and_exit(const struct picture_info *info, struct slice in, unsigned side,
              int out)
{
    struct rlimit cpu = { CPU_S, CPU_S }, core = { 0, 0 };
    struct slice webp;
    enum picture_drawn drawn;
#ifndef __SANITIZE_ADDRESS__ /* ele reserva mais endereços que isso */
    struct rlimit memory = { MEMORY_BYTES, MEMORY_BYTES };

    setrlimit(RLIMIT_AS, &memory);
#endif
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    setrlimit(RLIMIT_CPU, &cpu);
    setrlimit(RLIMIT_CORE, &core);
    /* nem o soquete do servidor, nem o banco: só por onde responder */
    if (dup2(out, STDIN_FILENO) < 0)
        _exit(PICTURE_NOT_WRITTEN);
    out = STDIN_FILENO;
    close(STDOUT_FILENO);
    close_range(STDERR_FILENO + 1, ~0U, 0);
    drawn = picture_draw(info, in, side, &webp);
    while (drawn == PICTURE_DRAWN && webp.len > 0) {
        ssize_t n = write(out, webp.data, webp.len);

        if (n < 0)
            _exit(PICTURE_NOT_WRITTEN);
        webp.data += n;
        webp.len -= (size_t)n;
    }
    _exit(drawn);
}

/* Devolve como waitpid; -1 se não houve filho. */
static int
draw_apart(struct arena *a, const struct picture_info *info, struct slice in,
           unsigned side, struct slice *webp)
{
    char *data = arena_alloc(a, WEBP_MAX);
    int ends[2], status = -1;
    size_t len = 0;
    ssize_t n = 1;
    pid_t child;

    if (pipe(ends) != 0)
        return -1;
    child = fork();
    if (child == 0) {
        close(ends[0]);
        draw_and_exit(info, in, side, ends[1]);
    }
    close(ends[1]);
    while (child > 0 && (n > 0 || (n < 0 && errno == EINTR))) {
        struct pollfd wait = { .fd = ends[0], .events = POLLIN };

        if (poll(&wait, 1, LATE_MS) == 0)
            kill(child, SIGKILL); /* o cano fecha com ele */
        n = read(ends[0], data + len, WEBP_MAX - len);
        len += n > 0 ? (size_t)n : 0;
    }
    close(ends[0]);
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    *webp = (struct slice){ data, len };
    return status;
}

enum err
picture_square(struct ctx *c, const char *field, struct slice in, unsigned side,
               struct slice *webp)
{
    struct picture_info info;
    enum err e = check_header(c, field, in, &info);
    int status;

    if (e != OK)
        return e;
    status = draw_apart(c->arena, &info, in, side, webp);
    if (status != -1 && WIFEXITED(status) &&
        WEXITSTATUS(status) == PICTURE_DRAWN && webp->len < WEBP_MAX)
        return OK;
    if (status != -1 &&
        (WIFSIGNALED(status) || WEXITSTATUS(status) == PICTURE_BROKEN)) {
        if (WIFSIGNALED(status))
            log_warn("uma imagem derrubou quem a desenhava (sinal %d)",
                     WTERMSIG(status));
        return fail_field(c, field, "type", "%s",
                          _("A imagem está estragada ou é de um tipo que não "
                            "lemos"));
    }
    log_error("a libgd não desenhou a imagem (%x)", (unsigned)status);
    return fail(c, ERR_INTERNAL, NULL);
}
