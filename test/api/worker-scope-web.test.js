'use strict';

/*
 * The web's side of a worker's global scope, beside Node's. Functions passed to `page` run in a page,
 * those passed to `run` and `runAlone` in a worker of it: test/support/lab.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const os = require('node:os');
const { startLab } = require('../support/lab');

/** Interfaces and functions that docs/api/worker.md says are there. */
const THERE = `
  AbortController AbortSignal Blob BroadcastChannel ByteLengthQueuingStrategy CloseEvent
  CompressionStream CountQueuingStrategy Crypto CryptoKey CustomEvent DOMException
  DecompressionStream DedicatedWorkerGlobalScope ErrorEvent Event EventSource EventTarget File
  FileReader FileReaderSync FormData Headers LockManager MessageChannel MessageEvent MessagePort Performance
  PerformanceEntry PerformanceMark PerformanceMeasure PerformanceObserver
  PerformanceObserverEntryList PerformanceResourceTiming ProgressEvent PromiseRejectionEvent
  ReadableByteStreamController ReadableStream ReadableStreamBYOBReader ReadableStreamBYOBRequest
  ReadableStreamDefaultController ReadableStreamDefaultReader Request Response SubtleCrypto
  TextDecoder TextDecoderStream TextEncoder TextEncoderStream TransformStream
  TransformStreamDefaultController URL URLPattern URLSearchParams WebSocket WorkerGlobalScope
  WorkerLocation WorkerNavigator WritableStream WritableStreamDefaultController
  WritableStreamDefaultWriter XMLHttpRequest XMLHttpRequestEventTarget XMLHttpRequestUpload
  addEventListener atob btoa cancelAnimationFrame clearInterval clearTimeout close dispatchEvent
  fetch importScripts postMessage queueMicrotask removeEventListener reportError
  requestAnimationFrame setInterval setTimeout structuredClone
`;

/** What a window has, and a worker has not. */
const OF_WINDOWS = `
  Document HTMLElement Navigator Node Storage Window alert document localStorage
  sessionStorage window
`;

/** What workers of Chromium 156 have, and docs/api/worker.md says is missing. */
const MISSING = `
  AudioData AudioDecoder AudioEncoder BackgroundFetchManager BackgroundFetchRecord
  BackgroundFetchRegistration CSSKeywordValue CSSMathClamp CSSMathInvert CSSMathMax
  CSSMathMin CSSMathNegate CSSMathProduct CSSMathSum CSSMathValue CSSNumericArray
  CSSNumericValue CSSSkewX CSSSkewY CSSStyleValue CSSUnitValue CSSUnparsedValue Cache
  CacheStorage CanvasGradient CanvasPattern CreateMonitor CropTarget DOMStringList
  EncodedAudioChunk EncodedVideoChunk FileSystemDirectoryHandle FileSystemFileHandle
  FileSystemHandle FileSystemObserver FileSystemSyncAccessHandle
  FileSystemWritableFileStream FontFace FontFaceSet GPU GPUAdapter GPUAdapterInfo
  GPUBindGroup GPUBindGroupLayout GPUBuffer GPUBufferUsage GPUCanvasContext GPUColorWrite
  GPUCommandBuffer GPUCommandEncoder GPUCompilationInfo GPUCompilationMessage
  GPUComputePassEncoder GPUComputePipeline GPUDevice GPUDeviceLostInfo GPUError
  GPUExternalTexture GPUInternalError GPUMapMode GPUOutOfMemoryError GPUPipelineError
  GPUPipelineLayout GPUQuerySet GPUQueue GPURenderBundle GPURenderBundleEncoder
  GPURenderPassEncoder GPURenderPipeline GPUSampler GPUShaderModule GPUShaderStage
  GPUSupportedFeatures GPUSupportedLimits GPUTexture GPUTextureUsage GPUTextureView
  GPUUncapturedErrorEvent GPUValidationError HID HIDConnectionEvent HIDDevice
  HIDInputReportEvent IDBCursor IDBCursorWithValue IDBDatabase IDBFactory IDBIndex
  IDBKeyRange IDBObjectStore IDBOpenDBRequest IDBRecord IDBRequest IDBTransaction
  IDBVersionChangeEvent IdleDetector ImageBitmapRenderingContext ImageDecoder ImageTrack
  ImageTrackList Lock MediaCapabilities MediaSource MediaSourceHandle
  NavigationPreloadManager NavigatorUAData NetworkInformation Notification Observable
  OffscreenCanvas OffscreenCanvasRenderingContext2D Origin Path2D PerformanceServerTiming
  PeriodicSyncManager PermissionStatus Permissions PressureObserver PressureRecord
  PushManager PushSubscription PushSubscriptionOptions RTCDataChannel RTCEncodedAudioFrame
  RTCEncodedVideoFrame RTCRtpScriptTransformer RTCTransformEvent ReportBody
  ReportingObserver RestrictionTarget Scheduler SecurityPolicyViolationEvent Serial
  SerialPort ServiceWorkerRegistration SourceBuffer SourceBufferList StorageBucket
  StorageBucketManager StorageManager Subscriber SyncManager TaskController
  TaskPriorityChangeEvent TaskSignal TextMetrics TrustedHTML TrustedScript TrustedScriptURL
  TrustedTypePolicy TrustedTypePolicyFactory USB USBAlternateInterface USBConfiguration
  USBConnectionEvent USBDevice USBEndpoint USBInTransferResult USBInterface
  USBIsochronousInTransferPacket USBIsochronousInTransferResult
  USBIsochronousOutTransferPacket USBIsochronousOutTransferResult USBOutTransferResult
  UserActivation VideoColorSpace VideoDecoder VideoEncoder VideoFrame WGSLLanguageFeatures
  WebGL2RenderingContext WebGLActiveInfo WebGLBuffer WebGLContextEvent WebGLFramebuffer
  WebGLObject WebGLProgram WebGLQuery WebGLRenderbuffer WebGLRenderingContext WebGLSampler
  WebGLShader WebGLShaderPrecisionFormat WebGLSync WebGLTexture WebGLTransformFeedback
  WebGLUniformLocation WebGLVertexArrayObject WebSocketError WebSocketStream WebTransport
  WebTransportBidirectionalStream WebTransportDatagramDuplexStream WebTransportError caches
  fonts indexedDB scheduler trustedTypes webkitRequestFileSystem webkitRequestFileSystemSync
  webkitResolveLocalFileSystemSyncURL webkitResolveLocalFileSystemURL
`;

const words = (text) => text.trim().split(/\s+/);

test('the web’s interfaces of a worker', async (t) => {
  const lab = await startLab(t);
  const win = await lab.open();

  await t.test('are those of the table in docs/api/worker.md', async () => {
    const missing = await win.page(
      (names) =>
        runAlone((list) => list.filter((name) => typeof globalThis[name] !== 'function'), names),
      words(THERE),
    );
    assert.deepEqual(missing, []);
    const extra = await win.page(
      (names) => runAlone((list) => list.filter((name) => name in globalThis), names),
      [...words(OF_WINDOWS), ...words(MISSING)],
    );
    assert.deepEqual(extra, []);
  });

  await t.test('self is what libraries look for', async () => {
    assert.deepEqual(
      await win.page(() =>
        runAlone(() => [
          self.constructor.name,
          globalThis instanceof WorkerGlobalScope,
          typeof WorkerGlobalScope !== 'undefined' && self instanceof WorkerGlobalScope,
          Object.prototype.toString.call(self),
          typeof importScripts,
          self.document,
          typeof window,
          self.self === self,
          Object.prototype.toString.call(navigator),
          navigator instanceof WorkerNavigator,
          Object.prototype.toString.call(location),
          isSecureContext,
          crossOriginIsolated,
          self.origin,
        ]),
      ),
      [
        ...['DedicatedWorkerGlobalScope', true, true, '[object DedicatedWorkerGlobalScope]'],
        ...['function', undefined, 'undefined', true, '[object WorkerNavigator]', true],
        ...['[object WorkerLocation]', true, false, 'file://'],
      ],
    );
  });

  await t.test('Node’s globals are Node’s, and the web’s the web’s', async () => {
    assert.deepEqual(
      await win.page(() =>
        runAlone(() => [
          Object.prototype.toString.call(process),
          typeof process.versions.node,
          Buffer === require('node:buffer').Buffer,
          global === globalThis,
          typeof setImmediate(() => {}),
          typeof setTimeout(() => {}, 0),
          typeof require('node:timers').setTimeout(() => {}, 0),
          require('node:process') === process,
          navigator.userAgent === require('node:process').version,
        ]),
      ),
      ['[object process]', 'string', true, true, 'object', 'number', 'object', true, false],
    );
  });

  await t.test('handlers on<event> are there, and take functions only', async () => {
    assert.deepEqual(
      await win.page(() =>
        runAlone(() => {
          const names = [
            'message',
            'messageerror',
            'error',
            'unhandledrejection',
            'rejectionhandled',
            'languagechange',
            'online',
            'offline',
          ];
          return names.filter((name) => {
            const before = self[`on${name}`];
            self[`on${name}`] = 'text';
            const after = self[`on${name}`];
            return before !== null || after !== null;
          });
        }),
      ),
      [],
    );
  });

  await t.test(
    'navigator says what the page’s says, and how many processors there are',
    async () => {
      const { page, worker } = await win.page(async () => {
        const facts = () => {
          const { language, languages, onLine, userAgent } = navigator;
          return { language, languages: [...languages], onLine, userAgent };
        };
        return {
          page: facts(),
          worker: await runAlone(() => {
            const { language, languages, onLine, userAgent } = navigator;
            const { hardwareConcurrency, platform, appName, product } = navigator;
            return {
              same: { language, languages, onLine, userAgent },
              own: [
                hardwareConcurrency,
                platform,
                appName,
                product,
                typeof navigator.locks.request,
              ],
            };
          }),
        };
      });
      assert.deepEqual(worker.same, page);
      assert.deepEqual(worker.own, [
        ...[os.availableParallelism(), `Linux ${os.machine()}`, 'Netscape', 'Gecko', 'function'],
      ]);
    },
  );

  await t.test('navigator follows the page’s, with events', async () => {
    const log = await win.page(async () => {
      const worker = startTool();
      await run(worker, () => {
        self.log = [];
        ononline = () => log.push(`online ${navigator.onLine}`);
        onoffline = () => log.push(`offline ${navigator.onLine}`);
        onlanguagechange = () => log.push(navigator.language);
      });
      const pretend = (name, value) =>
        Object.defineProperty(navigator, name, { value, configurable: true });
      pretend('onLine', false);
      dispatchEvent(new Event('offline'));
      pretend('languages', ['eo', 'de']);
      dispatchEvent(new Event('languagechange'));
      pretend('onLine', true);
      dispatchEvent(new Event('online'));
      delete navigator.languages;
      return run(worker, () => log);
    });
    assert.deepEqual(log, ['offline false', 'eo', 'online true']);
  });

  await t.test('locks are shared by the workers of a window', async () => {
    const found = await win.page(async () => {
      const [first, second] = [startTool(), startTool()];
      await run(first, async () => {
        await new Promise((held) => {
          navigator.locks.request(
            'lock',
            () =>
              new Promise((release) => {
                self.release = release;
                held();
              }),
          );
        });
      });
      const isTaken = () =>
        navigator.locks.request('lock', { ifAvailable: true }, (lock) => lock === null);
      const before = await run(second, isTaken);
      const waiting = run(second, () => navigator.locks.request('lock', () => 'got it'));
      await run(first, () => release());
      return [before, await waiting];
    });
    assert.deepEqual(found, [true, 'got it']);
  });

  await t.test('requestAnimationFrame is a clock that can be cancelled', async () => {
    assert.deepEqual(
      await win.page(() =>
        runAlone(async () => {
          const log = [];
          const cancelled = requestAnimationFrame(() => log.push('cancelled'));
          cancelAnimationFrame(cancelled);
          const times = [];
          for (let i = 0; i < 3; i++) times.push(await new Promise(requestAnimationFrame));
          const later = new Promise((resolve) => {
            let inSame;
            requestAnimationFrame(() => cancelAnimationFrame(inSame));
            inSame = requestAnimationFrame(() => log.push('same frame'));
            requestAnimationFrame(() => resolve(log.push('last')));
          });
          await later;
          return [times[0] < times[1] && times[1] < times[2], ...log];
        }),
      ),
      [true, 'last'],
    );
  });

  await t.test('CompressionStream and TextDecoderStream work on a Blob', async () => {
    assert.equal(
      await win.page(() =>
        runAlone(async () => {
          const packed = new Blob(['é text']).stream().pipeThrough(new CompressionStream('gzip'));
          const text = packed
            .pipeThrough(new DecompressionStream('gzip'))
            .pipeThrough(new TextDecoderStream());
          return (await Array.fromAsync(text)).join('');
        }),
      ),
      'é text',
    );
  });
  await lab.close();
});

test('worker_threads in a worker', async (t) => {
  const lab = await startLab(t);
  const win = await lab.open();

  await t.test(
    'a thread that runs out of its memory is an error there, and nothing else',
    async () => {
      const found = await win.page(async () => {
        const worker = startTool();
        const code = await run(worker, async () => {
          const { Worker } = require('node:worker_threads');
          const thread = new Worker('const all = []; for (;;) all.push(new Array(1e4).fill({}));', {
            eval: true,
            resourceLimits: { maxOldGenerationSizeMb: 8 },
          });
          const [error] = await require('node:events').once(thread, 'error');
          return error.code;
        });
        return [code, await run(worker, () => 'lives'), await runAlone(() => 'others start')];
      });
      assert.deepEqual(found, ['ERR_WORKER_OUT_OF_MEMORY', 'lives', 'others start']);
    },
  );

  await t.test('threads share memory, ports and Node with their worker', async () => {
    assert.deepEqual(
      await win.page(() =>
        runAlone(async () => {
          const threads = require('node:worker_threads');
          const { port1, port2 } = new threads.MessageChannel();
          const memory = new Int32Array(new SharedArrayBuffer(4));
          const thread = new threads.Worker(
            `const { workerData: { memory, port } } = require('node:worker_threads');
             Atomics.add(memory, 0, 42);
             port.postMessage(require('node:os').EOL);`,
            { eval: true, workerData: { memory, port: port2 }, transferList: [port2] },
          );
          const [text] = await require('node:events').once(port1, 'message');
          await thread.terminate();
          return [text, memory[0]];
        }),
      ),
      ['\n', 42],
    );
  });
  await lab.close();
});

test('a page’s policy for workers', async (t) => {
  const policy = (text) =>
    `<!doctype html><meta http-equiv="content-security-policy" content="${text}">
     <script src="page-tools.js"></script>`;
  const lab = await startLab(t, {
    'blobs.html': policy(`script-src 'self' 'unsafe-eval'; worker-src blob:`),
    'self.html': policy(`default-src 'self' 'unsafe-eval'; script-src 'self' 'unsafe-eval'`),
    'hi.js': `postMessage('hi');`,
  });

  await t.test(
    'refuses scripts with an error event and a report, and lets others run',
    async () => {
      const tryAll = async () => {
        const violations = [];
        document.addEventListener('securitypolicyviolation', (event) =>
          violations.push(event.effectiveDirective),
        );
        const outcome = (worker) =>
          next(worker).then(
            ({ data }) => data,
            (error) => error.message.split(':')[0],
          );
        const file = await outcome(new Worker('hi.js'));
        const blob = await outcome(fromText(`postMessage('hi')`));
        const data = await outcome(new Worker(`data:text/javascript,postMessage('hi')`));
        return { file, blob, data, count: violations.length };
      };
      const refused = 'error event instead of message';
      const blobs = await lab.open(undefined, 'blobs.html');
      assert.deepEqual(await blobs.page(tryAll), {
        ...{ file: refused, blob: 'hi', data: refused, count: 2 },
      });
      const self = await lab.open(undefined, 'self.html');
      assert.deepEqual(await self.page(tryAll), {
        ...{ file: 'hi', blob: refused, data: refused, count: 2 },
      });
    },
  );
  await lab.close();
});
