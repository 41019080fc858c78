// @ts-check
'use strict';

/*
 * A copy of the built `weft` in a folder of its own, with a main process that only says what it
 * was started with: for tests of the launcher, which knows nothing of what it starts.
 */

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const readline = require('node:readline');

const ROOT = path.resolve(__dirname, '../..');
/** Another build can be tested, such as the one with sanitizers. */
const BUILD = path.resolve(ROOT, process.env.WEFT_TEST_BUILD ?? 'build');

/** The fake main process: does what the app's arguments say, and writes a line of JSON first. */
const INIT = `'use strict';
const [app, verb, value] = process.argv.slice(2);
const { argv, execArgv, pid } = process;
const isOurs = ([name]) => /^WEFT_|DISPLAY|XAUTHORITY|GDK_/.test(name);
const env = Object.fromEntries(Object.entries(process.env).filter(isOurs));
if (verb === 'catch') process.on(value, () => process.exit(7));
console.log(JSON.stringify({ pid, argv, execArgv, app, env }));
if (verb === 'exit') process.exitCode = Number(value);
if (verb === 'die') process.kill(process.pid, value);
if (verb === 'wait' || verb === 'die' || verb === 'catch') setInterval(() => {}, 1 << 30);
`;

/** Spaces and letters beyond ASCII, as in real people's folders. */
const NAME = 'weft fake – ünïcode ';

class FakeInstall {
  constructor() {
    this.root = fs.mkdtempSync(path.join(os.tmpdir(), NAME));
    this.weft = path.join(this.root, 'bin', 'weft');
    /** For the launcher's own files, so that a test sees what is left of them. */
    this.runtime = path.join(this.root, 'run time');
    fs.mkdirSync(path.join(this.root, 'lib/main'), { recursive: true });
    fs.mkdirSync(path.join(this.root, 'bin'));
    fs.mkdirSync(this.runtime);
    fs.writeFileSync(path.join(this.root, 'lib/main/init.js'), INIT);
    fs.copyFileSync(path.join(BUILD, 'src/launcher/weft'), this.weft);
  }

  /** @param {NodeJS.ProcessEnv} [changes] */
  env(changes = {}) {
    return {
      ...process.env,
      WEFT_NODE: process.execPath,
      XDG_RUNTIME_DIR: this.runtime,
      DISPLAY: undefined,
      WAYLAND_DISPLAY: undefined,
      XAUTHORITY: undefined,
      WEFT_TEST_BUILD: undefined,
      NODE_TEST_CONTEXT: undefined,
      ...changes,
    };
  }

  /**
   * Starts weft; `report` is what the fake main process wrote first.
   * @param {string[]} args
   * @param {{ env?: NodeJS.ProcessEnv, program?: string }} [options]
   */
  async start(args, { env, program = this.weft } = {}) {
    const child = spawn(program, args, {
      env: this.env(env),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(readline.createInterface(child.stdout), 'line');
    return { child, report: JSON.parse(line), ended: once(child, 'exit') };
  }

  /**
   * Runs weft to its end.
   * @param {string[]} args
   * @param {{ env?: NodeJS.ProcessEnv, program?: string }} [options]
   */
  async run(args, { env, program = this.weft } = {}) {
    const child = spawn(program, args, { env: this.env(env), stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    for (const name of /** @type {const} */ (['stdout', 'stderr'])) {
      child[name].setEncoding('utf8').on('data', (text) => (output[name] += text));
    }
    const [code, signal] = await once(child, 'close');
    return { code, signal, ...output };
  }

  /**
   * Makes a folder for PATH with one program in it, a shell script.
   * @param {string} name
   * @param {string} [script] no program when it is left out
   */
  pathWith(name, script) {
    const folder = fs.mkdtempSync(path.join(this.root, 'path-'));
    if (script)
      fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return folder;
  }

  /** What the launcher has left in its runtime folder. */
  leftovers() {
    return fs.readdirSync(this.runtime);
  }

  [Symbol.dispose]() {
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}

module.exports = { FakeInstall };
