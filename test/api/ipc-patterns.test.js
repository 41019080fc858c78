// @ts-check
'use strict';

/*
 * The patterns of Electron's tutorials, as their readers write them: "Inter-Process Communication" and
 * "MessagePorts in Electron". What a user would click, the page does itself.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { runApp } = require('../support/app');

const PAGE = (/** @type {string} */ script) => `<!doctype html><html>
  <head><meta charset="UTF-8">
  <meta http-equiv="Content-Security-Policy" content="default-src 'self'; script-src 'self'">
  <title>Hello World!</title></head>
  <body>Title: <input id="title"/> <strong id="filePath"></strong> <strong id="counter">0</strong>
  <script src="./${script}"></script></body></html>`;

test('one way, two ways, and from main to the page', async (t) => {
  const { results, stderr } = await runApp(t, {
    'notes.txt': 'the text of a file',
    'main.js': `
      const { app, BrowserWindow, ipcMain } = require('electron/main')
      const path = require('node:path')
      const fs = require('node:fs/promises')

      function handleSetTitle (event, title) {
        const webContents = event.sender
        const win = BrowserWindow.fromWebContents(webContents)
        win.setTitle(title)
        report(['title', win.getTitle()])
      }

      async function handleFileOpen () {
        const filePath = path.join(__dirname, 'notes.txt') // dialog.showOpenDialog()
        return { filePath, text: await fs.readFile(filePath, 'utf8') }
      }

      function createWindow () {
        const mainWindow = new BrowserWindow({
          webPreferences: { preload: path.join(__dirname, 'preload.js') }
        })
        mainWindow.webContents.on('did-finish-load', () => {
          for (const value of [1, 1, -1, 5]) mainWindow.webContents.send('update-counter', value)
        })
        mainWindow.loadFile('index.html')
      }

      app.whenReady().then(() => {
        ipcMain.on('set-title', handleSetTitle)
        ipcMain.handle('dialog:openFile', handleFileOpen)
        const values = []
        ipcMain.on('counter-value', (_event, value) => {
          values.push(value)
          if (values.length === 4) report(['counter', values])
        })
        ipcMain.on('opened', (_event, file) => report(['opened', file]))
        let open = 3
        ipcMain.on('done', () => { if (--open === 0) app.quit() })
        createWindow()
      })`,
    'preload.js': `
      const { contextBridge, ipcRenderer } = require('electron/renderer')

      contextBridge.exposeInMainWorld('electronAPI', {
        setTitle: (title) => ipcRenderer.send('set-title', title),
        openFile: () => ipcRenderer.invoke('dialog:openFile'),
        opened: (file) => ipcRenderer.send('opened', file),
        onUpdateCounter: (callback) => ipcRenderer.on('update-counter', (_event, value) => callback(value)),
        counterValue: (value) => ipcRenderer.send('counter-value', value),
        done: () => ipcRenderer.send('done')
      })`,
    'index.html': PAGE('renderer.js'),
    'renderer.js': `
      window.electronAPI.setTitle('A new title')
      window.electronAPI.done()

      window.electronAPI.openFile().then(({ filePath, text }) => {
        document.getElementById('filePath').innerText = text
        window.electronAPI.opened([filePath.split('/').pop(), document.getElementById('filePath').innerText])
        window.electronAPI.done()
      })

      const counter = document.getElementById('counter')
      let updates = 0
      window.electronAPI.onUpdateCounter((value) => {
        const newValue = Number(counter.innerText) + value
        counter.innerText = newValue.toString()
        window.electronAPI.counterValue(newValue)
        if (++updates === 4) window.electronAPI.done()
      })`,
  });
  assert.equal(stderr, '');
  assert.deepEqual(results.sort(), [
    ['counter', [1, 2, 1, 6]],
    ['opened', ['notes.txt', 'the text of a file']],
    ['title', 'A new title'],
  ]);
});

test('a MessagePort between two windows', async (t) => {
  const preload = `
    const { contextBridge, ipcRenderer } = require('electron')

    ipcRenderer.on('port', (e) => {
      window.electronMessagePort = e.ports[0]
      window.electronMessagePort.onmessage = (messageEvent) => {
        ipcRenderer.send('got', document.title, messageEvent.data)
        if (messageEvent.data < 3) window.electronMessagePort.postMessage(messageEvent.data + 1)
      }
      if (document.title === 'main') window.electronMessagePort.postMessage(1)
    })`;
  const { results, stderr } = await runApp(t, {
    'main.js': `
      const { BrowserWindow, app, ipcMain, MessageChannelMain } = require('electron')
      const path = require('node:path')

      app.whenReady().then(async () => {
        const create = (file) => {
          const win = new BrowserWindow({
            show: false,
            webPreferences: { contextIsolation: false, preload: path.join(__dirname, 'preload.js') }
          })
          win.loadFile(file)
          return win
        }
        const mainWindow = create('main.html')
        const secondaryWindow = create('secondary.html')

        ipcMain.on('got', (event, title, value) => {
          report([title, value])
          if (value === 3) app.quit()
        })

        const { port1, port2 } = new MessageChannelMain()
        mainWindow.once('ready-to-show', () => {
          mainWindow.webContents.postMessage('port', null, [port1])
        })
        secondaryWindow.once('ready-to-show', () => {
          secondaryWindow.webContents.postMessage('port', null, [port2])
        })
      })`,
    'preload.js': preload,
    'main.html': '<!doctype html><title>main</title>',
    'secondary.html': '<!doctype html><title>secondary</title>',
  });
  assert.equal(stderr, '');
  assert.deepEqual(results, [
    ['secondary', 1],
    ['main', 2],
    ['secondary', 3],
  ]);
});
