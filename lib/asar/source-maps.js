'use strict';

/**
 * The source maps that packed scripts name. Node reads them by a function of its own, before any
 * gate: so a script gets its map along, as a comment at its end.
 */

const { registerHooks } = require('node:module');
const { NAME } = require('./gate');

const COMMENT = /\/\/[#@][ \t]sourceMappingURL=[ \t]*([^\s'"]+)[ \t]*$/gm;

/** As Node has it: sources are meant from the map, and not from the script. */
function absolute(map, href) {
  const sources = map.sources.map((source) => new URL((map.sourceRoot ?? '') + source, href).href);
  return { ...map, sources, sourceRoot: '' };
}

/** @returns {string} a comment with the map in it, or nothing */
function mapOf(url, text) {
  const [, name] = [...text.matchAll(COMMENT)].at(-1) ?? [];
  if (name === undefined || !URL.canParse(name, url)) return '';
  const { href, protocol } = new URL(name, url);
  if (protocol !== 'file:' || !NAME.test(href)) return '';
  try {
    const map = JSON.parse(require('node:fs').readFileSync(new URL(href), 'utf8'));
    const data = Buffer.from(JSON.stringify(absolute(map, href))).toString('base64');
    return `\n//# sourceMappingURL=data:application/json;base64,${data}`;
  } catch {
    return ''; // Node says nothing of it either
  }
}

const IS_SCRIPT = /^(?:commonjs|module|typescript|undefined|null)/;

function load(url, context, next) {
  const result = next(url, context);
  const isOurs = process.sourceMapsEnabled && NAME.test(url) && url.startsWith('file:');
  if (!isOurs || result.source == null || !IS_SCRIPT.test(String(result.format))) return result;
  const text =
    typeof result.source === 'string' ? result.source : Buffer.from(result.source).toString();
  const map = mapOf(url, text);
  return map === '' ? result : { ...result, source: text + map };
}

let isHooked = false;

/** To be called before a packed script is loaded. The hook is on the way of all, so it waits. */
function provideSourceMaps() {
  if (isHooked || !process.sourceMapsEnabled) return;
  isHooked = true;
  registerHooks({ load });
}

module.exports = { provideSourceMaps };
