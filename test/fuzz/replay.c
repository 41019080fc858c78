/* SPDX-License-Identifier: MIT */

/*
 * Runs a fuzz target without libFuzzer: all inputs of its corpus, then a fixed number of pseudo-
 * random changes of them from a fixed seed. Any compiler can build it, so it is part of the tests.
 *
 *     replay-NAME <corpus folder> <runs>
 */

#include "input.h"

#include <dirent.h>
#include <stdio.h>

#define CORPUS_MAX 256
#define INPUT_MAX  1024

struct text {
    size_t size;
    uint8_t bytes[INPUT_MAX];
};

static struct text corpus[CORPUS_MAX];
static size_t corpus_count;
static uint64_t state = UINT64_C(0x77656674);

static uint32_t next_random(uint32_t below)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(state >> 33) % below;
}

static bool read_input(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "rbe");
    if (!file)
        return false;
    struct text *text = &corpus[corpus_count++];
    text->size = fread(text->bytes, 1, sizeof(text->bytes), file);
    fclose(file);
    return true;
}

static int compare_names(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name); /* whatever the locale: the runs are the same */
}

static bool read_corpus(const char *folder)
{
    struct dirent **names;
    int count = scandir(folder, &names, NULL, compare_names);
    if (count < 0)
        return false;
    bool done = true;
    for (int i = 0; i < count; i++) {
        if (names[i]->d_name[0] != '.' && corpus_count < CORPUS_MAX)
            done = read_input(folder, names[i]->d_name) && done;
        free(names[i]);
    }
    free(names);
    return done;
}

/* Bytes changed, and the rest of another input put behind a part of this one. */
static void change(struct text *text)
{
    const struct text *other = &corpus[next_random((uint32_t)corpus_count)];
    if (next_random(2) && text->size > 0 && other->size > 0) {
        size_t at = next_random((uint32_t)text->size), from = next_random((uint32_t)other->size);
        size_t size = other->size - from;
        size = size < INPUT_MAX - at ? size : INPUT_MAX - at;
        memcpy(text->bytes + at, other->bytes + from, size);
        text->size = at + size;
    }
    for (uint32_t i = next_random(8); i > 0 && text->size > 0; i--)
        text->bytes[next_random((uint32_t)text->size)] = (uint8_t)next_random(256);
    if (next_random(4) == 0 && text->size < INPUT_MAX - 16)
        for (int i = 0; i < 16; i++)
            text->bytes[text->size++] = (uint8_t)next_random(256);
}

/* A block of just the input's size, so that what is read past its end is seen. */
static void run(const struct text *text)
{
    uint8_t *bytes = malloc(text->size ? text->size : 1);
    promised(bytes != NULL);
    memcpy(bytes, text->bytes, text->size);
    LLVMFuzzerTestOneInput(bytes, text->size);
    free(bytes);
}

int main(int argc, char **argv)
{
    if (argc != 3 || !read_corpus(argv[1]) || corpus_count == 0) {
        fprintf(stderr, "usage: %s <corpus folder, with inputs> <runs>\n", argv[0]);
        return 2;
    }
    for (size_t i = 0; i < corpus_count; i++)
        run(&corpus[i]);
    long runs = strtol(argv[2], NULL, 10);
    struct text text = corpus[0];
    for (long i = 0; i < runs; i++) {
        if (next_random(8) == 0)
            text = corpus[next_random((uint32_t)corpus_count)];
        change(&text);
        run(&text);
    }
    printf("%zu inputs and %ld changes of them\n", corpus_count, runs);
    return 0;
}
