'use strict';

/*
 * Opens the window. Arguments: the file that the page shows first, and
 *   --screenshot <file.png>  save a picture of the window once the page shows it
 *   --quit                   print what the page shows, and quit
 */

const { app, BrowserWindow } = require('electron');
const fs = require('node:fs/promises');
const path = require('node:path');
const { parseArgs } = require('node:util');

/** Not strict: switches of the runtime itself may be among the arguments. */
const { values: options, positionals } = parseArgs({
  args: process.argv.slice(1),
  options: { screenshot: { type: 'string' }, quit: { type: 'boolean', default: false } },
  allowPositionals: true,
  strict: false,
});

const [, file = path.join(__dirname, 'package.json')] = positionals; // the first is the app itself

async function saveScreenshot(window, name) {
  const picture = await window.capturePage();
  await fs.writeFile(path.resolve(name), picture.toPNG());
}

async function start() {
  if (options.screenshot === true) throw new Error('--screenshot needs the name of a PNG file');
  await app.whenReady();
  const window = new BrowserWindow({
    width: 760,
    height: 560,
    minWidth: 420,
    minHeight: 320,
    webPreferences: { nodeIntegrationInWorker: true },
  });
  await window.loadFile('index.html', { query: { path: path.resolve(file) } });
  const shown = await window.webContents.executeJavaScript('window.shown');
  if (options.screenshot) await saveScreenshot(window, options.screenshot);
  if (!options.quit) return;
  console.log(shown);
  app.quit();
}

app.on('window-all-closed', () => app.quit());

start().catch((error) => {
  console.error(`read-file: ${error.message}`);
  app.exit(1);
});
