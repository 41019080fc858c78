/* SPDX-License-Identifier: MIT */

/*
 * launcher/doctor - says what this machine has of what Weft needs
 */
#pragma once

/* `weft doctor`: one line for each thing. Returns 0 when an app can run here, at least with
 * --headless, else 1. */
int weft_doctor(void);

/* `weft --version`: the versions of Weft, Node.js and WebKitGTK. Returns 0. */
int weft_doctor_versions(void);
