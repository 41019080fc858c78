/* SPDX-License-Identifier: MIT */

#include "launcher/doctor.h"

#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/install.h"
#include "launcher/options.h"
#include "launcher/probe.h"

/* The major version that Weft is written for. */
#define OLDEST_NODE  26
#define DETAIL_BYTES (3 * PATH_MAX)

enum verdict {
    OK,
    WARNING, /* apps run, something is less good */
    MISSING, /* apps do not run, or not this way */
};

struct machine {
    struct weft_install install;
    bool has_display;
    bool has_xvfb;
};

/* In a check: what was found, and what to do about it. */
#define SAY(...) snprintf(detail, DETAIL_BYTES, __VA_ARGS__)

/* "v26.10.0" -> "26.10.0"; false when the program does not say so. */
static bool probe_node(const struct weft_install *install, char *ret_text, size_t size)
{
    char *argv[] = {(char *)install->node, "--version", NULL};
    char line[64];
    if (weft_probe_command(argv, line, sizeof(line)) != 0 || line[0] != 'v')
        return false;
    snprintf(ret_text, size, "%s", line + 1);
    return true;
}

static enum verdict check_node(struct machine *machine, char detail[DETAIL_BYTES])
{
    char version[64];
    if (!machine->install.node[0]) {
        SAY("see the line above; 'make' in Weft's folder fetches it");
        return MISSING;
    }
    if (!probe_node(&machine->install, version, sizeof(version))) {
        SAY("%s does not run; 'make' in Weft's folder fetches another", machine->install.node);
        return MISSING;
    }
    if (atoi(version) < OLDEST_NODE) {
        SAY("%s, %s; Weft needs %d or newer: unset WEFT_NODE", version, machine->install.node,
            OLDEST_NODE);
        return MISSING;
    }
    SAY("%s, %s", version, machine->install.node);
    return OK;
}

static enum verdict check_webkit(struct machine *machine, char detail[DETAIL_BYTES])
{
    char text[512];
    if (weft_probe_webkit(text, sizeof(text))) {
        SAY("%s; service workers and caches in pages of http and https only", text);
        return OK;
    }
    SAY("sudo apt-get install libwebkitgtk-6.0-4 (%s)", text);
    return MISSING;
}

static enum verdict check_gtk(struct machine *machine, char detail[DETAIL_BYTES])
{
    char text[512];
    if (weft_probe_gtk(text, sizeof(text))) {
        SAY("%s", text);
        return OK;
    }
    SAY("sudo apt-get install libgtk-4-1 (%s)", text);
    return MISSING;
}

static enum verdict check_build(struct machine *machine, char detail[DETAIL_BYTES])
{
    static const char *const parts[] = {
        "build/src/main/weft-main.node",
        "build/src/worker/weft-worker.node",
        "build/src/page/libweft-page.so",
    };
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        char path[PATH_MAX];
        if (weft_install_path(&machine->install, parts[i], path) && access(path, R_OK) == 0)
            continue;
        SAY("%s is not built; run 'make' in %s", parts[i], machine->install.root);
        return MISSING;
    }
    SAY("main module, worker module and page extension, below %s/build", machine->install.root);
    return OK;
}

static bool probe_wayland(const char *name)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    char path[PATH_MAX];
    if (name[0] == '/')
        return weft_probe_socket(name);
    if (!runtime)
        return false;
    snprintf(path, sizeof(path), "%s/%s", runtime, name);
    return weft_probe_socket(path);
}

/* Only a display of this machine, ":N" or "unix:N", can be asked without speaking X. */
static bool probe_x11(const char *name)
{
    char path[64];
    const char *colon = strrchr(name, ':');
    if (!colon || !isdigit((unsigned char)colon[1]))
        return false;
    if (colon != name && strncmp(name, "unix:", 5) != 0)
        return true;
    snprintf(path, sizeof(path), "/tmp/.X11-unix/X%d", atoi(colon + 1));
    return weft_probe_socket(path);
}

static enum verdict check_display(struct machine *machine, char detail[DETAIL_BYTES])
{
    const char *wayland = getenv("WAYLAND_DISPLAY");
    const char *x11 = getenv("DISPLAY");

    machine->has_display = true;
    if (wayland && *wayland && probe_wayland(wayland)) {
        SAY("Wayland, %s", wayland);
        return OK;
    }
    if (x11 && *x11 && probe_x11(x11)) {
        SAY("X11, %s", x11);
        return OK;
    }
    machine->has_display = false;
    if (x11 && *x11)
        SAY("nothing answers at DISPLAY=%s; run apps with --headless", x11);
    else if (wayland && *wayland)
        SAY("nothing answers at WAYLAND_DISPLAY=%s; run apps with --headless", wayland);
    else
        SAY("neither WAYLAND_DISPLAY nor DISPLAY is set; run apps with --headless");
    return WARNING;
}

static enum verdict check_xvfb(struct machine *machine, char detail[DETAIL_BYTES])
{
    machine->has_xvfb = weft_probe_program("Xvfb");
    if (machine->has_xvfb) {
        SAY("for --headless");
        return OK;
    }
    SAY("sudo apt-get install xvfb (for --headless)");
    return machine->has_display ? WARNING : MISSING;
}

/* The same walls that WebKit puts around a page, around a program that does nothing. */
static enum verdict check_sandbox(struct machine *machine, char detail[DETAIL_BYTES])
{
    char *argv[] = {"bwrap", "--unshare-pid", "--unshare-uts", "--unshare-net", "--ro-bind", "/",
                    "/",     "--proc",        "/proc",         "--dev",         "/dev",      "true",
                    NULL};
    char said[256];
    int r = weft_probe_command(argv, said, sizeof(said));

    if (r == 0) {
        SAY("bubblewrap works%s", geteuid() == 0 ? " (run as root it holds back less)" : "");
        return OK;
    }
    if (r == 127) {
        SAY("sudo apt-get install bubblewrap (or run apps with --no-sandbox)");
        return MISSING;
    }
    SAY("%s; try: sudo sysctl kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000 "
        "(or run apps with --no-sandbox)",
        r < 0 ? strerror(-r) : said);
    return MISSING;
}

static enum verdict check_bus(struct machine *machine, char detail[DETAIL_BYTES])
{
    const char *address = getenv("DBUS_SESSION_BUS_ADDRESS");
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    char path[PATH_MAX] = "";

    if (address && *address) {
        SAY("%s", address);
        return OK;
    }
    if (runtime)
        snprintf(path, sizeof(path), "%s/bus", runtime);
    if (runtime && weft_probe_socket(path)) {
        SAY("%s", path);
        return OK;
    }
    SAY("none: no screen reader, no portals; nothing to do on a machine without a desktop");
    return WARNING;
}

static const struct {
    const char *name;
    enum verdict (*run)(struct machine *machine, char detail[DETAIL_BYTES]);
} checks[] = {
    {"Node.js", check_node},    {"WebKitGTK", check_webkit}, {"GTK", check_gtk},
    {"Weft", check_build},      {"Display", check_display},  {"Xvfb", check_xvfb},
    {"Sandbox", check_sandbox}, {"Session bus", check_bus},
};

/* Prints one line for each check; returns whether nothing is missing. */
static bool run_checks(struct machine *machine)
{
    static const char *const words[] = {[OK] = "ok", [WARNING] = "warning", [MISSING] = "missing"};
    bool complete = true;

    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        char detail[DETAIL_BYTES] = "";
        enum verdict verdict = checks[i].run(machine, detail);
        printf("%-8s %-12s %s\n", words[verdict], checks[i].name, detail);
        fflush(stdout);
        complete = complete && verdict != MISSING;
    }
    return complete;
}

int weft_doctor(void)
{
    struct machine machine = {0};

    int exit_code = weft_install_find_root(&machine.install);
    if (exit_code)
        return exit_code;
    weft_install_find_node(&machine.install);

    if (!run_checks(&machine)) {
        puts("\nApps cannot run here yet: see what is missing.");
        return WEFT_EXIT_FAILURE;
    }
    puts(machine.has_display ? "\nApps can run here." : "\nApps can run here with --headless.");
    return 0;
}

int weft_doctor_versions(void)
{
    struct weft_install install = {0};
    char text[512];

    printf("Weft %s\n", WEFT_VERSION);
    fflush(stdout);
    bool found = weft_install_find_root(&install) == 0 && weft_install_find_node(&install) == 0;
    printf("Node.js %s\n", found && probe_node(&install, text, sizeof(text)) ? text : "missing");
    printf("WebKitGTK %s\n", weft_probe_webkit(text, sizeof(text)) ? text : "missing");
    return 0;
}
