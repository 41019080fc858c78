/* SPDX-License-Identifier: MIT */

/* asar/why - sentences about what went wrong, for who shows them. Thread: any. */
#pragma once

#include "asar/index.h"

/* Writes the sentence, a colon and the words for @error, a negative errno. Returns @error. */
__attribute__((format(printf, 3, 4))) int weft_why(char why[WEFT_ASAR_WHY_MAX], int error,
                                                   const char *format, ...);

/* Writes the sentence. Returns -EBADMSG. */
__attribute__((format(printf, 2, 3))) int weft_refuse(char why[WEFT_ASAR_WHY_MAX],
                                                      const char *format, ...);
