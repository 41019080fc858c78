'use strict';

/**
 * The native modules of one worker. Node's own process.dlopen does the load, for only it takes a
 * module's registration; what it loads is an instance for this worker alone (src/addon/instance.h), or
 * the file itself.
 */

const { constants } = require('node:os');
const { nativeModules: native } = require('../binding');
const { enter, leave } = require('../native-loads');
const { findFile } = require('./files');
const { loadError, reword, lacksStaticTLS } = require('./load-error');
const { createPolicy } = require('./policy');
const { packageOf } = require('./rules');

const { RTLD_GLOBAL } = constants.dlopen;

/** Node takes such a module once a process: it can't be shared. */
const ONCE_A_PROCESS = 'v8-constructor';

/** They register when they are loaded, and so must be unloaded before they are loaded again. */
const REGISTERS_ITSELF = 'napi-constructor';

class NativeLoads {
  #original;
  #policy;
  /** The id of a file -> the path by which this worker has loaded it. */
  #paths = new Map();
  #records = [];

  /**
   * @param {Function} original Node's process.dlopen
   * @param {{ nativeModules?: import('./policy').Settings, appPath?: string }} data of the worker
   */
  constructor(original, { nativeModules, appPath }) {
    this.#original = original;
    this.#policy = createPolicy(nativeModules, appPath);
  }

  /** @param {any[]} args module, filename, flags */
  dlopen(args) {
    const [module, filename, flags] = args;
    const file = typeof filename === 'string' ? findFile(filename) : null;
    if (!file) this.#refuseByName(module, filename);
    // Node has the words for what is no file, or may not be read (node --permission).
    if (!file || (process.permission && !process.permission.has('fs.read', file.file))) {
      return this.#original.apply(process, args);
    }
    enter();
    try {
      return this.#load({ module, file, flags });
    } finally {
      leave();
    }
  }

  /** A name that is no file may be one that the system's loader finds. */
  #refuseByName(module, name) {
    const refusal = this.#policy.refusal(String(name), module?.parent?.filename);
    if (refusal !== null) throw loadError(name, refusal, 'ERR_DLOPEN_DISABLED');
  }

  list() {
    return this.#records.map((record) => ({ ...record }));
  }

  #load(request) {
    const { file } = request;
    const path = this.#paths.get(file.id);
    if (path !== undefined) return this.#loadAgain(request, path);
    const start = performance.now();
    const record = { path: file.path, package: packageOf(file.path) };
    this.#records.push(record);
    try {
      this.#decide(request, record);
      this.#loadAs(request, record);
      record.size = file.size;
      record.loadTime = performance.now() - start;
    } catch (error) {
      record.error = String(error?.message ?? error);
      throw error;
    }
  }

  /** Sets the record's mode and why, or throws. */
  #decide({ module, file }, record) {
    const requirer = module?.parent?.filename;
    const refusal = this.#policy.refusal(file.path, requirer);
    if (refusal !== null) {
      Object.assign(record, { mode: 'deny', why: refusal });
      throw loadError(file.path, refusal, 'ERR_DLOPEN_DISABLED');
    }
    const facts = native.inspect(file.file);
    if (facts.error !== undefined) throw loadError(file.path, facts.error);
    const { mode, why } = this.#policy.decide(file.path, requirer, facts);
    Object.assign(record, { mode, why, kind: facts.kind, isReused: false });
  }

  /** What this worker has already: Node refuses some modules then. */
  #loadAgain(request, path) {
    const { file } = request;
    try {
      this.#call(request, path, path === file.file ? ~0 : ~RTLD_GLOBAL);
    } catch (error) {
      throw reword(error, file.path, path);
    }
  }

  #loadAs(request, record) {
    if (record.mode === 'share') this.#loadShared(request, record);
    else this.#loadPrivate(request, record);
  }

  #loadPrivate(request, record) {
    const { file } = request;
    const prepared = native.prepare(file.file, record.mode === 'deep');
    if (prepared.isForNode) return void this.#call(request, file.file); // which tells that it is noexec
    if (prepared.isImpossible) return this.#shareInstead(request, record, prepared.error);
    if (prepared.error !== undefined) throw loadError(file.path, prepared.error);

    let failure = null;
    try {
      this.#call(request, prepared.path, ~RTLD_GLOBAL);
    } catch (error) {
      failure = { error };
    }
    // A module whose init has thrown is loaded all the same.
    if (native.settle(prepared.token)) this.#paths.set(file.id, prepared.path);
    else if (lacksStaticTLS(failure?.error)) {
      return this.#shareInstead(request, record, 'its thread-local variables have no room left');
    }
    record.isReused = prepared.isReused;
    if (failure) throw reword(failure.error, file.path, prepared.path);
  }

  /** Where a private instance can't be had. */
  #shareInstead(request, record, why) {
    if (record.kind === ONCE_A_PROCESS) {
      const end = 'and Node takes a module of this kind once a process';
      throw loadError(record.path, `it can't have another instance: ${why}; ${end}`);
    }
    Object.assign(record, { mode: 'share', why: `it can't have an instance of its own: ${why}` });
    this.#loadShared(request, record);
  }

  #loadShared(request, record) {
    const { file } = request;
    try {
      this.#call(request, file.file);
    } catch (error) {
      throw reword(error, file.path, file.file);
    }
    native.share(file.file, record.kind !== REGISTERS_ITSELF);
    this.#paths.set(file.id, file.file);
  }

  /**
   * @param {number} [mask] of the flags. RTLD_GLOBAL would bind what an instance exports to the first
   * one's.
   */
  #call({ module, flags }, path, mask = ~0) {
    // Node takes `undefined` for 0, which is no mode.
    const args = flags === undefined ? [module, path] : [module, path, flags & mask];
    return this.#original.apply(process, args);
  }
}

module.exports = { NativeLoads };
