'use strict';

const childProcess = require('child_process');
const { once } = require('events');
const { text } = require('stream/consumers');
const { promisify } = require('util');

const { exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } = childProcess;

const callback = (start) =>
  new Promise((resolve) => {
    start((...given) => resolve(given));
  });

module.exports = {
  execSync: () => execSync('echo hello'),
  'execSync as text': () => execSync('printf abc', { encoding: 'utf8' }),
  'execSync with input': () => execSync('cat', { input: 'given', encoding: 'utf8' }),
  'execSync that fails': () => execSync('exit 3', { stdio: 'pipe' }),
  execFileSync: () => execFileSync('printf', ['%s-%s', 'a', 'b'], { encoding: 'utf8' }),
  'execFileSync of nothing': () => execFileSync('/no/such/program'),
  spawnSync: () => {
    const { status, signal, stdout, stderr } = spawnSync('sh', [
      '-c',
      'echo out; echo err >&2; exit 2',
    ]);
    return { status, signal, stdout, stderr };
  },
  'spawnSync of nothing': () => {
    const { status, error } = spawnSync('/no/such/program');
    return { status, error };
  },
  'spawnSync with a signal': () => spawnSync('sh', ['-c', 'kill -9 $$']).signal,
  'spawnSync with cwd and env': ({ folder }) =>
    spawnSync('sh', ['-c', 'pwd; echo $MINE'], {
      cwd: folder,
      env: { MINE: 'set' },
    }).stdout.toString(),
  exec: () => callback((done) => exec('echo said; echo wrong >&2', done)),
  'exec that fails': async () => {
    const [error, stdout] = await callback((done) => exec('echo before; exit 5', done));
    return [error.code, error.killed, error.cmd, stdout];
  },
  'promisify(exec)': async () => {
    const { stdout, stderr } = await promisify(exec)('echo promised');
    return [stdout, stderr];
  },
  'promisify(execFile)': async () => (await promisify(execFile)('printf', ['x'])).stdout,
  'execFile in buffers': () =>
    callback((done) => execFile('printf', ['bytes'], { encoding: 'buffer' }, done)),
  spawn: async () => {
    const child = spawn('printf', ['spawned']);
    const ended = once(child, 'close');
    return [await text(child.stdout), await ended, typeof child.pid, child.exitCode];
  },
  'spawn with data events': async () => {
    const child = spawn('sh', ['-c', 'echo one; echo two']);
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => (said += chunk));
    await once(child, 'close');
    return said;
  },
  'stdin of a child': async () => {
    const child = spawn('tr', ['a-z', 'A-Z']);
    child.stdin.write('to ');
    child.stdin.end('upper');
    return await text(child.stdout);
  },
  'spawn of nothing': async () => {
    const [error] = await once(spawn('/no/such/program'), 'error');
    return error;
  },
  kill: async () => {
    const child = spawn('sleep', ['60']);
    const killed = child.kill('SIGTERM');
    return [killed, await once(child, 'exit'), child.killed];
  },
  'a timeout kills': async () => {
    const [error] = await callback((done) => execFile('sleep', ['60'], { timeout: 30 }, done));
    return [error.killed, error.signal];
  },
  'a signal aborts': async () => {
    const abort = new AbortController();
    const child = spawn('sleep', ['60'], { signal: abort.signal });
    const failed = once(child, 'error');
    abort.abort();
    const [{ name, code }] = await failed;
    return [name, code];
  },
  'fork and messages': async ({ file }) => {
    require('fs').writeFileSync(
      file('child.js'),
      "process.on('message', (m) => { process.send({ got: m }); process.disconnect(); });",
    );
    const child = fork(file('child.js'), [], { execArgv: [] });
    child.send({ n: 1 });
    const [message] = await once(child, 'message');
    await once(child, 'exit');
    return message;
  },
  'too much for maxBuffer': async () => {
    const [error] = await callback((done) => exec('yes | head -c 5000', { maxBuffer: 100 }, done));
    return error.code;
  },
};
