/* SPDX-License-Identifier: MIT */

/* A library that a module brings along, with a counter. */

int *sibling_tally(void);

int *sibling_tally(void)
{
    static int tally;
    return &tally;
}
