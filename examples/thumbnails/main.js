'use strict';

/*
 * Opens the window. Arguments:
 *   --folder <folder>        start with this folder; without it the page waits, with the user's pictures
 *   --screenshot <file.png>  save a picture of the window when all is done
 *   --quit                   print the result then, and quit: with 1 if the folder can't be read
 */

const { app, BrowserWindow } = require('electron');
const fs = require('node:fs/promises');
const path = require('node:path');
const { readOptions } = require('./options');
const { summaryText } = require('./summary');

/** What the page has just been told is on the screen, and nothing moves. */
const SETTLED = `(async () => {
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
})()`;

function openWindow() {
  return new BrowserWindow({
    width: 1120,
    height: 800,
    minWidth: 420,
    minHeight: 480,
    webPreferences: { nodeIntegrationInWorker: true },
  });
}

async function saveScreenshot(window, file) {
  await window.webContents.executeJavaScript(SETTLED);
  const picture = await window.capturePage();
  await fs.writeFile(path.resolve(file), picture.toPNG());
}

/** Where the workers keep thumbnails from one run to the next. */
async function databaseFile() {
  const folder = app.getPath('userData');
  await fs.mkdir(folder, { recursive: true });
  return path.join(folder, 'thumbnails.db');
}

async function start() {
  const { folder, screenshot, quit } = readOptions(process.argv.slice(1));
  // With --quit, a window that is closed has not done what was asked for.
  app.on('window-all-closed', () => app.exit(quit ? 1 : 0));
  await app.whenReady();

  const window = openWindow();
  const isStarted = folder !== undefined || quit;
  await window.loadFile('index.html', {
    query: {
      folder: path.resolve(folder ?? app.getPath('pictures')),
      database: await databaseFile(),
      start: isStarted ? 'yes' : 'no',
    },
  });
  if (!isStarted) return;

  const summary = await window.webContents.executeJavaScript('window.finished');
  if (screenshot) await saveScreenshot(window, screenshot);
  if (!quit) return;
  if (summary.state !== 'done') throw new Error(summary.message);
  console.log(summaryText(summary));
  app.quit();
}

start().catch((error) => {
  console.error(`thumbnails: ${error.message}`);
  app.exit(1);
});
