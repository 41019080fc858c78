'use strict';

/*
 * A hostile page's tools: the first script of the pages of test/api/page-attack.test.js. An attack returns
 * what it found, as texts; none is what all must find.
 */

/** The names that would be Node's, or Weft's own. */
const NAMES = [
  'require',
  'process',
  'module',
  'Buffer',
  'global',
  'setImmediate',
  '__filename',
  'weft',
  'binding',
  'options',
  'native',
  'createPageRequire',
];

/**
 * As source, for any place that runs script: what it finds there. Node that it gets leaves a file behind,
 * which the test finds even where nobody could tell.
 */
const PROBE = `(() => {
  const found = ${JSON.stringify(NAMES)}.filter((name) => {
    try { return (0, eval)('typeof ' + name) !== 'undefined'; } catch { return false; }
  });
  for (const way of ['require("fs")', 'process.getBuiltinModule("fs")', 'module.require("fs")',
    'process.binding("fs")', 'process.mainModule.require("fs")']) {
    try {
      (0, eval)(way).writeFileSync(${JSON.stringify(MARK)} + Math.random(), location.href);
      found.push('wrote by ' + way);
    } catch {}
  }
  return found;
})()`;

const inPlace = (place, found) => found.map((one) => `${place}: ${one}`);

/** What a global object has that this page can reach. */
function probe(place, it) {
  try {
    return inPlace(place, it.eval(PROBE));
  } catch (error) {
    return error.name === 'SecurityError' ? [] : [`${place}: ${error}`];
  }
}

const texts = (text, type = 'text/javascript') => URL.createObjectURL(new Blob([text], { type }));

/** For what is never answered, since it is refused. */
const PATIENCE_MS = 1000;

/** What comes first of a message, an error, or nothing at all. */
function heard(target, start = () => {}) {
  return new Promise((resolve) => {
    target.addEventListener('message', ({ data }) => resolve(Array.isArray(data) ? data : [data]), {
      once: true,
    });
    target.addEventListener('error', (event) => (event.preventDefault?.(), resolve([])), {
      once: true,
    });
    setTimeout(resolve, PATIENCE_MS, []);
    start();
  });
}

/** What a worker has that this constructor makes. */
async function probeWorker(place, make) {
  try {
    return inPlace(place, await heard(make()));
  } catch {
    return []; // it is refused
  }
}

const PROBE_WORKER = `postMessage(${PROBE})`;

/** A frame that is there. */
async function frameOf(attributes) {
  const frame = Object.assign(document.createElement('iframe'), attributes);
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
  document.body.append(frame);
  await loaded;
  return frame;
}

/** A page that tells its parent, or its opener, what it and a worker of it have. */
const TELLS =
  `<!doctype html><script>
  const tell = (found) => {
    opener?.postMessage(found, '*');
    for (let at = self; at !== top; at = at.parent) at.parent.postMessage(found, '*');
  };
  const own = ${PROBE};
  try {
    const text = ${JSON.stringify(PROBE_WORKER)};
    const worker = new Worker(URL.createObjectURL(new Blob([text])));
    worker.onmessage = ({ data }) => tell([...own, ...data]);
    worker.onerror = () => tell(own);
  } catch { tell(own); }
</` + `script>`;
