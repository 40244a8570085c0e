/* nchan_count.c - uma pergunta HTTP/1.0 curta, por soquete unix. */
#include "app/nchan_count.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define WAIT_US 200000

static int
dial(const char *path)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    struct timeval wait = { 0, WAIT_US };
    int fd;

    if (path[0] == '\0' || strlen(path) >= sizeof at.sun_path)
        return -1;
    strcpy(at.sun_path, path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    if (connect(fd, (struct sockaddr *)&at, sizeof at) == 0)
        return fd;
    close(fd);
    return -1;
}

/* Lê até o outro lado fechar, ou até encher. */
static size_t
read_all(int fd, char *out, size_t size)
{
    size_t got = 0;
    ssize_t n;

    while (got + 1 < size && (n = recv(fd, out + got, size - 1 - got, 0)) > 0)
        got += (size_t)n;
    out[got] = '\0';
    return got;
}

bool
nchan_subscribers(const char *socket, int64_t *out)
{
    static const char ask[] = "GET /beat HTTP/1.0\r\nHost: nchan\r\n\r\n";
    static const char mark[] = "active subscribers: ";
    int fd = dial(socket);
    char reply[2048];
    const char *found;

    if (fd < 0)
        return false;
    reply[0] = '\0';
    if (send(fd, ask, sizeof ask - 1, MSG_NOSIGNAL) == (ssize_t)sizeof ask - 1)
        read_all(fd, reply, sizeof reply);
    close(fd);
    *out = 0;
    if (strstr(reply, " 404 ") != NULL)
        return true; /* o canal nasce na primeira assinatura */
    found = strstr(reply, mark);
    if (found != NULL)
        *out = strtoll(found + sizeof mark - 1, NULL, 10);
    return found != NULL;
}
