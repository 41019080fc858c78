'use strict';

/*
 * Opens the window. Arguments:
 *   --folder <folder>        hash this folder at once; without it the page waits, with the home folder
 *   --screenshot <file.png>  save a picture of the window when all is hashed
 *   --quit                   print the result then, and quit: with 1 if the folder can't be read
 */

const { app, BrowserWindow } = require('electron');
const fs = require('node:fs/promises');
const path = require('node:path');
const { readOptions } = require('./options');
const { summaryText } = require('./summary');

/** The page's next frames show what it has just been told. */
const NEXT_FRAMES = 'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))';

function openWindow() {
  return new BrowserWindow({
    width: 1120,
    height: 800,
    minWidth: 640,
    minHeight: 480,
    webPreferences: { nodeIntegrationInWorker: true },
  });
}

async function saveScreenshot(window, file) {
  await window.webContents.executeJavaScript(NEXT_FRAMES);
  const picture = await window.capturePage();
  await fs.writeFile(path.resolve(file), picture.toPNG());
}

async function start() {
  const { folder, screenshot, quit } = readOptions(process.argv.slice(1));
  // With --quit, a window that is closed has not done what was asked for.
  app.on('window-all-closed', () => app.exit(quit ? 1 : 0));
  await app.whenReady();

  const window = openWindow();
  const home = app.getPath('home');
  const isStarted = folder !== undefined || quit;
  await window.loadFile('index.html', {
    query: { folder: path.resolve(folder ?? home), start: isStarted ? 'yes' : 'no' },
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
  console.error(`hash-tree: ${error.message}`);
  app.exit(1);
});
