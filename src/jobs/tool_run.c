/* tool_run.c - fork, tetos, exec; e a espera por quem saiu. */
#include "jobs/tool_run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

#define NICE 5         /* cede a vez às páginas, sem morrer de fome */
#define LATE_MS 2000   /* depois de morto, para o cano fechar */
#define NOT_THERE 127  /* o código de saída de quem não achou o programa */
#define STATUS_OK 200  /* saiu com 0 */
#define STATUS_BAD 422 /* saiu com outro código, ou bateu num teto */

/* ---- no filho ---- */

static void
set_limit(int what, int64_t most)
{
    struct rlimit limit = { (rlim_t)most, (rlim_t)most };

    if (setrlimit(what, &limit) != 0)
        _exit(NOT_THERE);
}

/* Daqui só se sai por exec: nem log, nem banco, nem atexit. */
static _Noreturn void
be_the_child(const struct tool_call *tool, int out, pid_t parent)
{
    static char path[] = "PATH=/usr/bin:/bin", language[] = "LC_ALL=C";
    static char *const env[] = { path, language, NULL };
    int null = open("/dev/null", O_RDONLY);
    sigset_t none;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (getppid() != parent || null < 0)
        _exit(NOT_THERE);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    if (dup2(null, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
        dup2(out, STDERR_FILENO) < 0)
        _exit(NOT_THERE);
    close_range(3, ~0U, 0);
    setpriority(PRIO_PROCESS, 0, NICE);
    set_limit(RLIMIT_CORE, 0);
    set_limit(RLIMIT_CPU, tool->cpu_s);
    set_limit(RLIMIT_AS, tool->memory_bytes);
    set_limit(RLIMIT_FSIZE, tool->file_bytes);
    execve(tool->argv[0], (char *const *)(uintptr_t)tool->argv, env);
    _exit(NOT_THERE);
}

/* ---- no worker ---- */

struct tool_run *
tool_run_start(struct tool_run *list, struct arena *a,
               const struct job_call *call, void *tag)
{
    struct tool_run *t = calloc(1, sizeof *t);
    int ends[2] = { -1, -1 };
    pid_t parent = getpid();

    if (t == NULL)
        abort();
    *t = (struct tool_run){ .next = list, .arena = a, .tag = tag, .pid = -1 };
    t->deadline_us = clock_mono_us() + call->timeout_ms * 1000;
    if (pipe2(ends, O_CLOEXEC) == 0) {
        fcntl(ends[0], F_SETFL, O_NONBLOCK);
        t->pid = fork();
    }
    if (t->pid == 0)
        be_the_child(call->tool, ends[1], parent);
    t->fd = ends[0];
    if (ends[1] >= 0)
        close(ends[1]);
    return t;
}

int64_t
tool_run_left_ms(const struct tool_run *t)
{
    int64_t left = (t->deadline_us - clock_mono_us()) / 1000;

    return t->pid < 0 || left < 0 ? 0 : left + 1;
}

/* Guarda o fim do que ele diz: é onde estão o resultado e o motivo. */
static void
keep(struct tool_run *t, const char *data, size_t n)
{
    size_t room = sizeof t->out - t->len;

    if (n > room) {
        size_t lost = n - room;

        memmove(t->out, t->out + lost, t->len - lost);
        t->len -= lost;
    }
    memcpy(t->out + t->len, data, n);
    t->len += n;
}

/* Verdadeiro quando o cano fechou: não há mais quem escreva nele. */
static bool
drain(struct tool_run *t)
{
    char part[TOOL_OUT_BYTES / 4];
    ssize_t n;

    while ((n = read(t->fd, part, sizeof part)) > 0)
        keep(t, part, (size_t)n);
    return n == 0 || (errno != EAGAIN && errno != EINTR);
}

/* O prazo passou: morre, e o cano fecha logo depois. */
static void
hurry(struct tool_run *t)
{
    if (clock_mono_us() < t->deadline_us)
        return;
    kill(t->pid, SIGKILL);
    t->is_late = true;
    t->deadline_us = clock_mono_us() + LATE_MS * 1000;
}

static void
tell(struct tool_run *t, int status, struct job_reply *reply)
{
    reply->body =
        (struct slice){ arena_memdup(t->arena, t->out, t->len), t->len };
    if (t->is_late) {
        reply->status = STATUS_BAD;
        reply->error = "timeout";
    } else if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_THERE) {
        reply->error = "not found";
    } else if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        reply->status = STATUS_OK;
    } else {
        reply->status = STATUS_BAD;
        reply->error =
            WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "exit code";
    }
}

bool
tool_run_read(struct tool_run *t, struct job_reply *reply)
{
    int status = 0;

    if (t->answered)
        return false;
    if (t->pid >= 0 && !drain(t)) {
        hurry(t);
        return false;
    }
    *reply = (struct job_reply){ .retry_after_s = -1, .error = "fork" };
    if (t->pid >= 0) {
        /* fechou a saída mas não saiu: não se espera por ele */
        if (waitpid(t->pid, &status, WNOHANG) == 0) {
            kill(t->pid, SIGKILL);
            waitpid(t->pid, &status, 0);
        }
        t->pid = -1;
        reply->error = NULL;
        tell(t, status, reply);
    }
    t->answered = true;
    return true;
}

struct tool_run *
tool_run_end(struct tool_run *t)
{
    struct tool_run *next = t->next;

    if (t->pid >= 0) {
        kill(t->pid, SIGKILL);
        waitpid(t->pid, NULL, 0);
    }
    if (t->fd >= 0)
        close(t->fd);
    free(t);
    return next;
}
