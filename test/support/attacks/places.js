'use strict';

/* Attacks through places where script runs: names, frames, windows, workers. See tools.js. */

const attacks = {};

attacks['names on the window'] = () => probe('window', window);

attacks['names that a fresh window does not have'] = () => {
  const frame = document.body.appendChild(document.createElement('iframe'));
  const fresh = new Set(Object.getOwnPropertyNames(frame.contentWindow));
  const symbols = [];
  for (let at = window; at; at = Object.getPrototypeOf(at)) {
    symbols.push(...Object.getOwnPropertySymbols(at).map((one) => one.description));
  }
  return [
    ...firstNames.filter((name) => !fresh.has(name) && name !== 'bridge'),
    ...symbols.filter((name) => !/^Symbol\.(toStringTag|unscopables)$/.test(name)),
  ];
};

attacks['functions that are not WebKit’s own'] = () => {
  const found = [];
  for (const name of [
    'Worker',
    'SharedWorker',
    'MessagePort',
    'BroadcastChannel',
    'open',
    'postMessage',
  ]) {
    const value = window[name];
    if (!/\[native code\]/.test(Function.prototype.toString.call(value)))
      found.push(`${name} shows its source`);
    if (value.constructor('return this')() !== window) found.push(`${name} is of another world`);
    for (const key of Reflect.ownKeys(value)) {
      if (!/^(length|name|prototype|caller|arguments)$/.test(String(key)))
        found.push(`${name}.${String(key)}`);
    }
  }
  return found;
};

attacks['frames that can be looked into'] = async () => {
  const found = [];
  for (const [place, attributes] of Object.entries({
    'about:blank': {},
    'named about:blank': { src: 'about:blank#x' },
    srcdoc: { srcdoc: TELLS },
    'javascript:': { src: 'javascript:"<p>script"' },
    blob: { src: texts(TELLS, 'text/html') },
  })) {
    const frame = await frameOf(attributes);
    found.push(...probe(place, frame.contentWindow));
    const { Worker: Inner = null } = frame.contentWindow;
    if (Inner)
      found.push(
        ...(await probeWorker(`worker of ${place}`, () => new Inner(texts(PROBE_WORKER)))),
      );
    frame.remove();
    found.push(...probe(`${place}, taken away`, frame.contentWindow ?? window));
  }
  return found;
};

attacks['frames that can’t be looked into'] = async () => {
  const found = [];
  for (const [place, attributes] of Object.entries({
    data: { src: `data:text/html,${encodeURIComponent(TELLS)}` },
    'sandboxed srcdoc': { srcdoc: TELLS, sandbox: 'allow-scripts' },
    'sandboxed srcdoc of this origin': {
      srcdoc: TELLS,
      sandbox: 'allow-scripts allow-same-origin',
    },
    'sandboxed blob': { src: texts(TELLS, 'text/html'), sandbox: 'allow-scripts' },
    'a file of this place': { src: 'tells.html' },
    'a file of this place in a frame': { srcdoc: '<iframe src="tells.html"></iframe>' },
  })) {
    found.push(...inPlace(place, await heard(window, () => frameOf(attributes))));
  }
  return found;
};

attacks['a document that is written anew'] = async () => {
  const frame = await frameOf({});
  const inner = frame.contentDocument;
  const told = heard(window, () => {
    inner.open();
    inner.write(TELLS);
    inner.close();
  });
  return [...(await told), ...probe('written', frame.contentWindow)];
};

attacks['javascript: as an address'] = async () => {
  const frame = await frameOf({});
  frame.contentWindow.location.href = `javascript:void (window.found = ${PROBE})`;
  await new Promise((resolve) => setTimeout(resolve, 0));
  const { found } = frame.contentWindow;
  const link = Object.assign(document.createElement('a'), {
    href: `javascript:void (window.clicked = ${PROBE})`,
  });
  document.body.append(link);
  link.click();
  await new Promise((resolve) => setTimeout(resolve, 0));
  return [...(found ?? []), ...(window.clicked ?? [])];
};

attacks['script that asks for modules'] = async () => {
  const found = [];
  for (const name of [
    'fs',
    'node:fs',
    'electron',
    'weft:lib/page/main-world.js',
    'resource:///weft/lib/page/load.js',
    'weft:loader',
    'file:///proc/self/environ',
  ]) {
    try {
      const module = await import(name);
      found.push(`import('${name}'): ${Object.keys(module)}`);
    } catch {}
    const address = name.includes(':') ? name : `weft:${name}`;
    if (location.protocol === 'file:' && address.startsWith('file:')) continue;
    try {
      const response = await fetch(address);
      found.push(`fetch('${address}'): ${(await response.text()).length}`);
    } catch {}
  }
  return found;
};

attacks['workers of every kind'] = async () => {
  const found = [];
  const ways = {
    classic: () => new Worker(texts(PROBE_WORKER)),
    module: () =>
      new Worker(texts(`import fs from 'node:fs'; postMessage(['imported'])`), { type: 'module' }),
    'dynamic import': () =>
      new Worker(
        texts(`import('node:fs').then(() => postMessage(['imported']), () => postMessage([]))`),
        { type: 'module' },
      ),
    importScripts: () =>
      new Worker(
        texts(
          `try { importScripts('node:fs'); postMessage(['imported']) } catch { postMessage([]) }`,
        ),
      ),
    'a process of its own': () => new Worker(texts(PROBE_WORKER), { weft: { process: true } }),
    'options of Node’s': () =>
      new Worker(texts(PROBE_WORKER), {
        execArgv: ['-r', 'fs'],
        eval: true,
        workerData: {},
        node: true,
        nodeIntegrationInWorker: true,
      }),
    data: () => new Worker(`data:text/javascript,${encodeURIComponent(PROBE_WORKER)}`),
    file: () => new Worker('probe.js'),
    nested: () =>
      new Worker(
        texts(`new Worker(URL.createObjectURL(new Blob([${JSON.stringify(PROBE_WORKER)}])))
      .onmessage = ({ data }) => postMessage(data)`),
      ),
    'its prototype’s constructor': () => new Worker.prototype.constructor(texts(PROBE_WORKER)),
    'a subclass': () => new (class extends Worker {})(texts(PROBE_WORKER)),
    'Reflect.construct': () =>
      Reflect.construct(
        Worker,
        [texts(PROBE_WORKER)],
        class {
          static nodeIntegrationInWorker = true;
        },
      ),
  };
  for (const [place, make] of Object.entries(ways)) found.push(...(await probeWorker(place, make)));
  const shared = new SharedWorker(
    texts(`onconnect = ({ ports: [port] }) => port.postMessage(${PROBE})`),
  );
  found.push(...inPlace('shared', await heard(shared.port, () => shared.port.start())));
  return found;
};

attacks['windows that it opens'] = async () => {
  const found = [];
  const features =
    'nodeIntegration=yes,nodeIntegrationInWorker=yes,contextIsolation=no,sandbox=no,' +
    'preload=/etc/passwd,webPreferences=nodeIntegration,nodeOrigins=*';
  const data = `data:text/html,${encodeURIComponent(TELLS)}`; // WebKit loads none
  const tell = ['tells.html', texts(TELLS, 'text/html')];
  for (const place of ['', 'about:blank', data, `javascript:${PROBE}`, ...tell]) {
    let child = null;
    const told = heard(window, () => (child = window.open(place, '', features)));
    if (child === null) continue;
    if (tell.includes(place)) found.push(...inPlace(`child ${place.slice(0, 11)}`, await told));
    found.push(...probe(`child ${place.slice(0, 11)}`, child));
    child.close();
  }
  return found;
};

attacks['its opener, parent and top'] = () => {
  const found = [];
  for (const other of [window.opener, window.parent, window.top]) {
    if (other && other !== window) found.push(...probe('another window', other));
  }
  return found;
};
