/* SPDX-License-Identifier: MIT */

/*
 * launcher/run - starts Node.js with Weft's main process and the app
 */
#pragma once

#include "launcher/install.h"
#include "launcher/options.h"

/* Without --headless this process becomes the app and nothing comes back, unless it cannot be
 * started. With it, waits for the app to end and closes the virtual display.
 * Returns the exit code; failures of our own are said in one line on stderr. */
int weft_run(const struct weft_options *options, const struct weft_install *install);
