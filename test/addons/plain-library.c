/* SPDX-License-Identifier: MIT */

/* A shared library that is no module of Node's. */

int weft_test_plain(void);

int weft_test_plain(void)
{
    return 1;
}
