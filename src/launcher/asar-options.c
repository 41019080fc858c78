/* SPDX-License-Identifier: MIT */

#include "launcher/asar-options.h"

#include "launcher/options.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define ARGUMENTS_MAX 2
#define OPTIONS_MAX   4

#define FIELD(name) offsetof(struct weft_asar_options, name)

struct option {
    const char *name; /* NULL ends a list */
    char letter;
    bool takes_value;
    size_t field; /* of a const char *, or of a bool */
    const char *help;
};

struct command {
    const char *name;
    const char *alias; /* or NULL */
    enum weft_asar_command command;
    const char *arguments[ARGUMENTS_MAX];
    const char *description;
    struct option options[OPTIONS_MAX + 1];
};

static const struct command commands[] = {
    {"pack",
     "p",
     WEFT_ASAR_PACK,
     {"dir", "output"},
     "create asar archive",
     {{"ordering", 0, true, FIELD(ordering), "path to a text file for ordering contents"},
      {"unpack", 0, true, FIELD(unpack), "do not pack files matching glob <expression>"},
      {"unpack-dir", 0, true, FIELD(unpack_dir),
       "do not pack dirs matching glob <expression> or starting with literal <expression>"},
      {"exclude-hidden", 0, false, FIELD(exclude_hidden), "exclude hidden files"}}},
    {"list",
     "l",
     WEFT_ASAR_LIST,
     {"archive"},
     "list files of asar archive",
     {{"is-pack", 'i', false, FIELD(is_pack), "each file in the asar is pack or unpack"}}},
    {"extract-file",
     "ef",
     WEFT_ASAR_EXTRACT_FILE,
     {"archive", "filename"},
     "extract one file from archive, into this folder",
     {{0}}},
    {"extract", "e", WEFT_ASAR_EXTRACT, {"archive", "dest"}, "extract archive", {{0}}},
    {"stat",
     NULL,
     WEFT_ASAR_STAT,
     {"archive", "filename"},
     "show what the archive says of one file, folder or link",
     {{0}}},
    {"verify",
     NULL,
     WEFT_ASAR_VERIFY,
     {"archive"},
     "check each file of archive, and those beside it, against its hashes\n"
     "(exit code 1 when any differs)",
     {{0}}},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

/* ---- help ---- */

static void format_name(const struct command *command, char *out, size_t size)
{
    snprintf(out, size, "%s%s%s", command->name, command->alias ? "|" : "",
             command->alias ? command->alias : "");
}

static void show_help(void)
{
    char name[32];
    puts("Usage: weft asar <command> [options]\n"
         "\n"
         "Manipulate asar archive files\n"
         "\n"
         "Options:\n"
         "  -V, --version                    output the version number\n"
         "  -h, --help                       display help for command\n"
         "\n"
         "Commands:");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        int first_line = (int)strcspn(commands[i].description, "\n");
        format_name(&commands[i], name, sizeof(name));
        printf("  %-32s %.*s\n", name, first_line, commands[i].description);
    }
}

static void show_command_help(const struct command *command)
{
    char name[32];
    format_name(command, name, sizeof(name));
    printf("Usage: weft asar %s%s", name, command->options[0].name ? " [options]" : "");
    for (size_t i = 0; i < ARGUMENTS_MAX && command->arguments[i]; i++)
        printf(" <%s>", command->arguments[i]);
    printf("\n\n%s\n\nOptions:\n", command->description);
    for (const struct option *option = command->options; option->name; option++) {
        char shown[40], letter[8] = "";
        if (option->letter)
            snprintf(letter, sizeof(letter), "-%c, ", option->letter);
        snprintf(shown, sizeof(shown), "%s--%s%s", letter, option->name,
                 option->takes_value ? " <value>" : "");
        printf("  %-32s %s\n", shown, option->help);
    }
    printf("  %-32s %s\n", "-h, --help", "display help for command");
}

/* ---- reading ---- */

static int fail(const char *what, const char *which)
{
    fprintf(stderr, "weft: asar: %s '%s'; see 'weft asar --help'\n", what, which);
    return WEFT_EXIT_USAGE;
}

static bool is_help(const char *argument)
{
    return strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0;
}

/* As the tool says its own. */
static bool is_version(const char *argument)
{
    return strcmp(argument, "--version") == 0 || strcmp(argument, "-V") == 0;
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, name) == 0 ||
            (commands[i].alias && strcmp(commands[i].alias, name) == 0))
            return &commands[i];
    return NULL;
}

static const struct option *find_option(const struct command *command, const char *argument)
{
    const char *name = argument + 2;
    size_t length = strcspn(name, "=");
    for (const struct option *option = command->options; option->name; option++) {
        bool is_letter = option->letter && argument[1] == option->letter && !argument[2];
        bool is_name = strncmp(argument, "--", 2) == 0 && strlen(option->name) == length &&
                       strncmp(option->name, name, length) == 0;
        if (is_letter || is_name)
            return option;
    }
    return NULL;
}

/* What follows an option that has no value of its own is one, unless it was forgotten. */
static bool is_value(const char *argument)
{
    return argument && (argument[0] != '-' || !argument[1]);
}

/* Takes the option at @at, and its value. Moves @at to the last that it took. */
static int take_option(const struct command *command, char ***at, struct weft_asar_options *options)
{
    const struct option *option = find_option(command, **at);
    const char *value = strchr(**at, '=');
    if (!option)
        return fail("unknown option", **at);
    void *field = (char *)options + option->field;
    if (!option->takes_value) {
        *(bool *)field = true;
        return value ? fail("no value goes with", **at) : 0;
    }
    if (!value && !is_value((*at)[1]))
        return fail("a value is missing after", **at);
    *(const char **)field = value ? value + 1 : *++*at;
    return 0;
}

static int take_argument(const struct command *command, const char *argument,
                         struct weft_asar_options *options)
{
    if (!options->first)
        options->first = argument;
    else if (!options->second && command->arguments[1])
        options->second = argument;
    else
        return fail("there is one argument too many:", argument);
    return 0;
}

static int check_arguments(const struct command *command, const struct weft_asar_options *options)
{
    if (!options->first)
        return fail("missing required argument", command->arguments[0]);
    if (!options->second && command->arguments[1])
        return fail("missing required argument", command->arguments[1]);
    return 0;
}

static int parse(const struct command *command, char **at, struct weft_asar_options *options)
{
    bool after_dashes = false;
    options->command = command->command;
    for (; *at; at++) {
        int r = 0;
        if (!after_dashes && is_help(*at)) {
            show_command_help(command);
            options->command = WEFT_ASAR_HELP;
            return 0;
        }
        if (!after_dashes && strcmp(*at, "--") == 0)
            after_dashes = true;
        else if (!after_dashes && (*at)[0] == '-' && (*at)[1])
            r = take_option(command, &at, options);
        else
            r = take_argument(command, *at, options);
        if (r)
            return r;
    }
    return check_arguments(command, options);
}

int weft_asar_options_parse(char **arguments, struct weft_asar_options *ret_options)
{
    struct weft_asar_options options = {.command = WEFT_ASAR_HELP};
    if (!arguments[0] || is_help(arguments[0])) {
        show_help();
        *ret_options = options;
        return 0;
    }
    if (is_version(arguments[0])) {
        puts("v" WEFT_VERSION);
        *ret_options = options;
        return 0;
    }
    const struct command *command = find_command(arguments[0]);
    if (!command)
        return fail("there is no command", arguments[0]);
    int r = parse(command, arguments + 1, &options);
    if (r == 0)
        *ret_options = options;
    return r;
}
