'use strict';

const SEVERITY = ['INFO', 'INFO', 'WARNING', 'ERROR'];

const pad = (number, width) => String(number).padStart(width, '0');

/** `MMDD/HHMMSS.ffffff`, as Chromium's logs have it. */
function timestamp(now = new Date()) {
  const date = pad(now.getMonth() + 1, 2) + pad(now.getDate(), 2);
  const time = pad(now.getHours(), 2) + pad(now.getMinutes(), 2) + pad(now.getSeconds(), 2);
  return `${date}/${time}.${pad(now.getMilliseconds(), 3)}000`;
}

/** Prints a console message of a page as Electron does with --enable-logging. */
function logConsole(level, message, line, source) {
  const head = `[${process.pid}:${timestamp()}:${SEVERITY[level] ?? 'INFO'}:CONSOLE(${line})]`;
  process.stderr.write(`${head} "${message}", source: ${source} (${line})\n`);
}

module.exports = { logConsole };
