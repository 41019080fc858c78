/* SPDX-License-Identifier: MIT */

#include "launcher/signals.h"

#include <errno.h>
#include <poll.h>

#include "base/cleanup.h"

/* SIGUSR1 opens Node's debugger; somebody who sends it to weft means the app. */
static const int handled[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};

int weft_signals_open(struct weft_signals *ret_signals)
{
    sigset_t before, set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof(handled) / sizeof(handled[0]); i++)
        sigaddset(&set, handled[i]);

    int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0)
        return -errno;
    signal(SIGCHLD, SIG_DFL); /* a parent that ignored it would leave us without exit codes */
    sigprocmask(SIG_BLOCK, &set, &before);
    ret_signals->before = before;
    ret_signals->fd = fd;
    return 0;
}

void weft_signals_close(struct weft_signals *signals)
{
    weft_close_fd(&signals->fd);
}

void weft_signals_restore(const struct weft_signals *signals)
{
    sigprocmask(SIG_SETMASK, &signals->before, NULL);
}

int weft_signals_wait(struct weft_signals *signals, int timeout_ms,
                      struct signalfd_siginfo *ret_signal)
{
    struct pollfd wait = {.fd = signals->fd, .events = POLLIN};
    int r = poll(&wait, 1, timeout_ms);
    if (r < 0)
        return -errno;
    if (r == 0)
        return WEFT_SIGNALS_TIMEOUT;

    struct signalfd_siginfo signal;
    if (read(signals->fd, &signal, sizeof(signal)) != sizeof(signal))
        return -errno;
    *ret_signal = signal;
    return 0;
}
