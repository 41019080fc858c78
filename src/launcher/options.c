/* SPDX-License-Identifier: MIT */

#include "launcher/options.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_INSPECT_PORT 9229
#define MAX_PORT             65535

enum option_kind {
    OPTION_COMMAND, /* --name: does something else than running an app */
    OPTION_SWITCH,  /* --name: sets the bool at .field */
    OPTION_INSPECT, /* --name[=port]: handed on to Node */
};

struct option_rule {
    const char *name;
    char letter;
    enum option_kind kind;
    enum weft_command command;
    size_t field;
    const char *shown; /* the left column of --help */
    const char *help;  /* one or more lines */
};

#define FIELD(name) offsetof(struct weft_options, name)

static const struct option_rule rules[] = {
    {"--headless", 0, OPTION_SWITCH, .field = FIELD(headless), .shown = "    --headless",
     .help = "show the windows on a private virtual display (Xvfb),\n"
             "which ends with the app"},
    {"--enable-logging", 0, OPTION_SWITCH, .field = FIELD(enable_logging),
     .shown = "    --enable-logging",
     .help = "write the console of pages and workers to stderr,\n"
             "with file and line"},
    {"--inspect", 0, OPTION_INSPECT, .shown = "    --inspect[=port]",
     .help = "let a debugger attach to the main process, from this\n"
             "machine only (port 9229)"},
    {"--inspect-brk", 0, OPTION_INSPECT, .shown = "    --inspect-brk[=port]",
     .help = "the same, and wait for it before the first line runs"},
    {"--no-sandbox", 0, OPTION_SWITCH, .field = FIELD(no_sandbox), .shown = "    --no-sandbox",
     .help = "run pages outside the operating system's sandbox;\n"
             "only for content that you trust"},
    {"--enable-sandbox", 0, OPTION_SWITCH, .field = FIELD(enable_sandbox),
     .shown = "    --enable-sandbox",
     .help = "give no page and no worker Node.js, whatever the app's\n"
             "windows say; as app.enableSandbox()"},
    {"--no-asar-integrity", 0, OPTION_SWITCH, .field = FIELD(no_asar_integrity),
     .shown = "    --no-asar-integrity",
     .help = "do not compare what is read of an archive with the\n"
             "hashes in its header"},
    {"--help", 'h', OPTION_COMMAND, .command = WEFT_COMMAND_HELP, .shown = "-h, --help",
     .help = "show this text"},
    {"--version", 'v', OPTION_COMMAND, .command = WEFT_COMMAND_VERSION, .shown = "-v, --version",
     .help = "show the versions of Weft, Node.js and WebKitGTK"},
};

#define RULE_COUNT (sizeof(rules) / sizeof(rules[0]))

static const char *const usage =
    "weft [options] <app folder | app.asar | main.js> [arguments for the app]";

/* Finds the rule for @argument and what follows its `=`, if anything. */
static const struct option_rule *find_rule(const char *argument, const char **ret_value)
{
    size_t length = strcspn(argument, "=");

    for (size_t i = 0; i < RULE_COUNT; i++) {
        bool is_letter = rules[i].letter && argument[1] == rules[i].letter && !argument[2];
        bool is_name =
            strlen(rules[i].name) == length && strncmp(rules[i].name, argument, length) == 0;
        if (!is_letter && !is_name)
            continue;
        *ret_value = argument[length] == '=' ? argument + length + 1 : NULL;
        return &rules[i];
    }
    return NULL;
}

static int fail_usage(const char *format, const char *name, const char *value)
{
    fputs("weft: ", stderr);
    fprintf(stderr, format, name, value);
    fputs("; see 'weft --help'\n", stderr);
    return WEFT_EXIT_USAGE;
}

/* Node takes port 0 for "any free port", so Weft does too. */
static int parse_port(const struct option_rule *rule, const char *value, int *ret_port)
{
    if (!value) {
        *ret_port = DEFAULT_INSPECT_PORT;
        return 0;
    }
    char *end;
    long port = strtol(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end || port > MAX_PORT)
        return fail_usage("option '%s' takes a port from 0 to 65535, not '%s'", rule->name, value);
    *ret_port = (int)port;
    return 0;
}

static int apply_option(const char *argument, struct weft_options *options)
{
    const char *value;
    const struct option_rule *rule = find_rule(argument, &value);

    if (!rule)
        return fail_usage("unknown option '%s'%s", argument, "");
    if (value && rule->kind != OPTION_INSPECT)
        return fail_usage("option '%s' takes no value, but was given '%s'", rule->name, value);

    switch (rule->kind) {
    case OPTION_COMMAND:
        options->command = rule->command;
        return 0;
    case OPTION_SWITCH:
        *(bool *)((char *)options + rule->field) = true;
        return 0;
    case OPTION_INSPECT:
        options->inspect = rule->name;
        return parse_port(rule, value, &options->inspect_port);
    }
    return 0;
}

/* `weft doctor [--modules <app>]`, of which @arguments are what follows the first word. */
static int parse_doctor(char **arguments, struct weft_options *options)
{
    options->command = WEFT_COMMAND_DOCTOR;
    if (!arguments[0])
        return 0;
    if (strcmp(arguments[0], "--modules") != 0)
        return fail_usage("'%s' takes only --modules <app>, but was given '%s'", "weft doctor",
                          arguments[0]);
    if (!arguments[1])
        return fail_usage("'%s' lacks its app: a folder, or a .node file%s",
                          "weft doctor --modules", "");
    if (arguments[2])
        return fail_usage("'%s' takes one app, but was also given '%s'", "weft doctor --modules",
                          arguments[2]);
    options->modules = arguments[1];
    return 0;
}

/* `weft doctor` and `weft asar` are commands; an app folder of that name is `weft ./doctor` or
 * `weft -- doctor`. */
static int check_app(bool after_dashes, struct weft_options *options)
{
    if (!options->app[0]) {
        fprintf(stderr, "weft: no app was given; usage: %s\n", usage);
        return WEFT_EXIT_USAGE;
    }
    if (!after_dashes && strcmp(options->app[0], "asar") == 0)
        options->command = WEFT_COMMAND_ASAR; /* it reads its own arguments */
    if (after_dashes || strcmp(options->app[0], "doctor") != 0)
        return 0;
    return parse_doctor(options->app + 1, options);
}

int weft_options_parse(int argc, char **argv, struct weft_options *ret_options)
{
    struct weft_options options = {.command = WEFT_COMMAND_RUN};
    bool after_dashes = false;
    int i = 1;

    while (i < argc && argv[i][0] == '-' && argv[i][1] && !after_dashes) {
        after_dashes = strcmp(argv[i], "--") == 0;
        int r = after_dashes ? 0 : apply_option(argv[i], &options);
        if (r)
            return r;
        i++;
    }
    options.app = argv + i;

    if (options.command == WEFT_COMMAND_RUN) {
        int r = check_app(after_dashes, &options);
        if (r)
            return r;
    }
    *ret_options = options;
    return 0;
}

/* One option: its name, and its help lines below each other in the second column. */
static void write_rule(FILE *out, const struct option_rule *rule)
{
    const char *left = rule->shown;

    for (const char *line = rule->help; *line; left = "") {
        size_t length = strcspn(line, "\n");
        fprintf(out, "  %-25s %.*s\n", left, (int)length, line);
        line += length + (line[length] == '\n');
    }
}

void weft_options_help(FILE *out)
{
    fprintf(out,
            "Weft runs Electron apps in which a page's Web Worker is a Node.js thread.\n"
            "\n"
            "Usage:\n"
            "  %s\n"
            "  weft doctor [--modules <app folder | .node file>]\n"
            "  weft asar pack|list|extract|extract-file|stat|verify ...\n"
            "\n"
            "  An app folder has a package.json whose \"main\" names the main script. What stands\n"
            "  after the app belongs to the app. 'weft doctor' looks at this machine and says in\n"
            "  one line each what is there, and what to do about what is not. With --modules it\n"
            "  looks at an app instead: how a worker loads each native module, and why.\n"
            "  'weft asar --help' tells of app archives.\n"
            "\n"
            "Options:\n",
            usage);
    for (size_t i = 0; i < RULE_COUNT; i++)
        write_rule(out, &rules[i]);
    fputs(
        "      --                    end of the options: what follows is the app\n"
        "\n"
        "Environment:\n"
        "  WEFT_NODE                 another Node.js to run apps with, instead of the pinned one\n"
        "\n"
        "Exit code:\n"
        "  the app's own, as in app.exit(3); 128 + n when signal n ended it;\n"
        "  1 when the app cannot be started, 2 when the command line makes no sense;\n"
        "  of 'weft doctor': 1 when something is missing, or a module is damaged\n"
        "\n"
        "Examples:\n"
        "  weft examples/hash-tree\n"
        "  weft --headless --enable-logging examples/read-file\n"
        "  weft --inspect=9300 path/to/main.js --an-option-of-the-app\n"
        "  weft doctor --modules examples/thumbnails\n",
        out);
}
