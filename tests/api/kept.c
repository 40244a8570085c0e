/* kept.c - um processo por programa, refeito quando a configuração muda. */
#include "kept.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define KEPT_MAX 64

extern char **environ;

static struct kept {
    char name[40], path[60];
    uint64_t conf; /* o resumo do BALCAO_* com que nasceu */
    pid_t pid;
} kept[KEPT_MAX];

/* FNV-1a de 64 bits de cada BALCAO_*, somados: a ordem não importa. */
static uint64_t
conf_digest(void)
{
    uint64_t sum = 0;
    char **e;

    for (e = environ; *e != NULL; e++) {
        uint64_t h = UINT64_C(14695981039346656037);
        const char *p;

        if (strncmp(*e, "BALCAO_", 7) != 0)
            continue;
        for (p = *e; *p != '\0'; p++)
            h = (h ^ (unsigned char)*p) * UINT64_C(1099511628211);
        sum += h;
    }
    return sum;
}

static void
stop(struct kept *k)
{
    int status = 0;

    if (k->pid == 0)
        return;
    kill(k->pid, SIGTERM);
    waitpid(k->pid, &status, 0);
    unlink(k->path);
    k->pid = 0;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("%s terminou mal (%x)", k->name, (unsigned)status);
}

static void
start(struct kept *k, const char *file)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    pid_t parent = getpid();

    snprintf(k->path, sizeof k->path, "/tmp/balcao-kept.%d.%d", (int)parent,
             (int)(k - kept));
    snprintf(at.sun_path, sizeof at.sun_path, "%s", k->path);
    unlink(k->path);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(fd, 16), 0);
    k->conf = conf_digest();
    k->pid = fork();
    if (k->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent || dup2(fd, STDIN_FILENO) < 0)
            _exit(127);
        execl(file, file, (char *)NULL);
        _exit(127);
    }
    assert_true(k->pid > 0);
    close(fd);
}

const char *
kept_socket(const char *name, const char *file)
{
    struct kept *k = kept;

    while (k->name[0] != '\0' && strcmp(k->name, name) != 0)
        k++;
    assert_true(k < kept + KEPT_MAX - 1);
    snprintf(k->name, sizeof k->name, "%s", name);
    if (k->pid != 0 && k->conf != conf_digest())
        stop(k);
    if (k->pid == 0)
        start(k, file);
    return k->path;
}

void
kept_stop(void)
{
    struct kept *k;

    for (k = kept; k->name[0] != '\0'; k++)
        stop(k);
}
