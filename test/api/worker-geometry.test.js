'use strict';

/*
 * Classes that a worker has from us and a page from WebKit: the same scripts must give the same in both.
 * Functions passed to `page` run in a page, those passed to `run` in a worker of it: test/support/lab.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { startLab } = require('../support/lab');

/** Scripts whose value is compared; it is made of numbers, texts, lists and the JSON of the classes. */
const SCRIPTS = [
  '[new DOMPoint(), new DOMPoint(1, 2, 3, 4), DOMPoint.fromPoint({ x: 5, w: 2 }), DOMPoint.fromPoint()]',
  '(() => { const p = new DOMPoint(1); p.x = 7; p.w = "3"; return [p, p.x, p.w]; })()',
  'new DOMPoint(1, 2, 3, 1).matrixTransform({ a: 2, d: 3, e: 10 })',
  'new DOMPointReadOnly(1, 2, 3, 4).matrixTransform(new DOMMatrix([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]))',
  '[new DOMRect(1, 2, -3, -4), DOMRect.fromRect({ width: 5 }), DOMRectReadOnly.fromRect({ x: 1, height: -1 })]',
  '(() => { const r = new DOMRect(1, 2, 3, 4); r.width = -10; return [r.left, r.right, r.top, r.bottom]; })()',
  '[DOMQuad.fromRect({ x: 1, y: 2, width: 3, height: 4 }), DOMQuad.fromRect({ width: -3 }).getBounds()]',
  '[new DOMQuad({ x: 1 }, { y: 2 }, { z: 3 }, { w: 4 }), DOMQuad.fromQuad({ p2: { x: 3 } }).getBounds()]',
  '(() => { const q = new DOMQuad(); q.p1.x = -5; return [q.p1 === q.p1, q.getBounds()]; })()',
  '[new DOMMatrix(), new DOMMatrix([1, 2, 3, 4, 5, 6]), new DOMMatrix([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]).is2D]',
  '[DOMMatrix.fromMatrix({ a: 2, m12: 3 }), DOMMatrix.fromMatrix({ m33: 2 }).is2D, DOMMatrix.fromMatrix({ is2D: false }).is2D]',
  '[DOMMatrix.fromFloat32Array(new Float32Array([1, 2, 3, 4, 5, 6])), DOMMatrixReadOnly.fromFloat64Array(new Float64Array(16)).is2D]',
  'new DOMMatrix([1, 2, 3, 4, 5, 6]).translate(10, 20)',
  'new DOMMatrix([1, 2, 3, 4, 5, 6]).translate(10, 20, 30)',
  '[new DOMMatrix([1, 2, 3, 4, 5, 6]).scale(2), new DOMMatrix().scale(2, 3, 1, 5, 6), new DOMMatrix().scale(2, 3, 4, 5, 6, 7)]',
  '[new DOMMatrix().scaleNonUniform(2, 3), new DOMMatrix([1, 2, 3, 4, 5, 6]).scale3d(2, 1, 2, 3)]',
  '[new DOMMatrix().rotate(30), new DOMMatrix().rotate(10, 20, 30), new DOMMatrix().rotate(10, 20), new DOMMatrix([1, 2, 3, 4, 5, 6]).rotate(0, 0, 45)]',
  '[new DOMMatrix().rotateFromVector(3, 4), new DOMMatrix().rotateFromVector(0, 0), new DOMMatrix().rotateFromVector(-1, 0)]',
  '[new DOMMatrix().rotateAxisAngle(1, 2, 3, 40), new DOMMatrix().rotateAxisAngle(0, 0, 2, 40), new DOMMatrix().rotateAxisAngle(0, 1, 0, 90)]',
  '[new DOMMatrix([1, 2, 3, 4, 5, 6]).skewX(20), new DOMMatrix().skewY(-20)]',
  '[new DOMMatrix([1, 2, 3, 4, 5, 6]).flipX(), new DOMMatrix([1, 2, 3, 4, 5, 6]).flipY()]',
  'new DOMMatrix([1, 2, 3, 4, 5, 6]).multiply(new DOMMatrix([7, 8, 9, 10, 11, 12]))',
  'new DOMMatrix([1, 2, 3, 4, 5, 6]).multiply({ m13: 2, m42: 5 })',
  '(() => { const m = new DOMMatrix([1, 2, 3, 4, 5, 6]); const n = m.preMultiplySelf({ a: 2, f: 3 }); return [m === n, m]; })()',
  '(() => { const m = new DOMMatrix(); return [m.translateSelf(1, 2).scaleSelf(3).rotateSelf(10).skewXSelf(5).skewYSelf(5).multiplySelf({ e: 1 }) === m, m]; })()',
  '(() => { const m = new DOMMatrix(); m.scale3dSelf(2).rotateFromVectorSelf(1, 2).rotateAxisAngleSelf(1, 1, 1, 20); return m; })()',
  '[new DOMMatrix([2, 1, 3, 4, 5, 6]).inverse(), new DOMMatrix([2, 1, 3, 4, 5, 6]).rotate(10, 20, 30).translate(1, 2, 3).inverse()]',
  '(() => { const m = new DOMMatrix([1, 2, 2, 4, 5, 6]).inverse(); return [m.is2D, isNaN(m.a), isNaN(m.m44)]; })()',
  '[new DOMMatrix([1, 2, 3, 4, 5, 6]).invertSelf(), new DOMMatrix().isIdentity, new DOMMatrix([1, 0, 0, 1, -0, 0]).isIdentity]',
  '(() => { const m = new DOMMatrix(); m.m31 = 0; const a = m.is2D; m.m31 = 1; return [a, m.is2D, m.isIdentity]; })()',
  '(() => { const m = new DOMMatrix(); m.a = 5; m.m42 = 7; return [m.m11, m.f, m.is2D]; })()',
  '[new DOMMatrix([1, 2, 3, 4, 5, 6]).transformPoint({ x: 1, y: 2 }), new DOMMatrixReadOnly().rotate(10, 20, 30).transformPoint(new DOMPoint(1, 2, 3, 4))]',
  '[...new DOMMatrix([1, 2, 3, 4, 5, 6]).toFloat64Array(), ...new DOMMatrix([0.1, 2, 3, 4, 5, 6]).toFloat32Array()]',
  '(() => { try { return DOMMatrix.fromMatrix({ a: 1, m11: 2 }).a; } catch (e) { return e.name; } })()',
  '(() => { try { return DOMMatrix.fromMatrix({ is2D: true, m13: 2 }).a; } catch (e) { return e.name; } })()',
  '(() => { try { return new DOMMatrix([1, 2, 3]).a; } catch (e) { return e.name; } })()',
  '(() => { try { return DOMPoint.fromPoint(5).x; } catch (e) { return e.name; } })()',
  '(() => { try { return DOMPoint(); } catch (e) { return e.name; } })()',
  '["DOMPointReadOnly", "DOMPoint", "DOMRectReadOnly", "DOMRect", "DOMQuad"].map((name) => [Object.keys(globalThis[name].prototype).sort(), Object.keys(globalThis[name]), String(globalThis[name].prototype), globalThis[name].length])',
  '["x", "matrixTransform"].map((key) => { const d = Object.getOwnPropertyDescriptor(DOMPoint.prototype, key) ?? Object.getOwnPropertyDescriptor(DOMPointReadOnly.prototype, key); return [d.enumerable, d.configurable, typeof d.get, typeof d.set]; })',
  '(() => { try { return Object.getOwnPropertyDescriptor(DOMRectReadOnly.prototype, "x").get.call({}); } catch (e) { return e.name; } })()',
  '[DOMPoint.prototype instanceof DOMPointReadOnly, Object.getPrototypeOf(DOMMatrix) === DOMMatrixReadOnly, new DOMRect() instanceof DOMRectReadOnly]',
  '(() => { const i = new ImageData(3, 2); return [i.width, i.height, i.data.length, String(i)]; })()',
  '(() => { const d = new Uint8ClampedArray(24); const i = new ImageData(d, 3); return [i.height, i.data.length]; })()',
  '[[0, 1], [1, 0], [NaN, 1]].map((size) => { try { return new ImageData(...size).width; } catch (e) { return e.name; } })',
  '[[6, 1], [8, 3], [24, 3, 3], [0, 1]].map(([n, ...size]) => { try { return new ImageData(new Uint8ClampedArray(n), ...size).width; } catch (e) { return e.name; } })',
  '(() => { try { return new ImageData(1); } catch (e) { return e.name; } })()',
  '(() => { try { return new ImageData(new Uint8Array(4), 1); } catch (e) { return e.name; } })()',
  '(() => { try { return new ImageBitmap(); } catch (e) { return e.name; } })()',
  '(() => { try { return new FileList(); } catch (e) { return e.name; } })()',
  'createImageBitmap(new ImageData(4, 3)).then((b) => { const size = [b.width, b.height]; b.close(); return [size, b.width, b.height]; })',
  'createImageBitmap(new ImageData(4, 3), 1, 1, 2, 2).then((b) => [b.width, b.height])',
  'createImageBitmap(new ImageData(4, 3), 3, 3, -2, -1).then((b) => [b.width, b.height])',
  'createImageBitmap(new ImageData(4, 3), 0, 0, 0, 1).catch((e) => e.name)',
  'createImageBitmap(new ImageData(4, 4), { resizeWidth: 8 }).then((b) => [b.width, b.height])',
  'createImageBitmap({}).catch((e) => e.name)',
  'createImageBitmap().catch((e) => e.name)',
];

/** Runs in both: JSON with numbers of six digits, for each engine rounds in its own way. */
async function evaluateAll(/** @type {string[]} */ scripts) {
  const round = (/** @type {string} */ key, /** @type {unknown} */ value) =>
    typeof value === 'number' ? (Number.isFinite(value) ? Number(value.toFixed(6)) + 0 : String(value)) : value;
  const found = [];
  for (const script of scripts) {
    try {
      found.push(`${script}: ${JSON.stringify(await (0, eval)(script), round)}`);
    } catch (error) {
      found.push(String(error));
    }
  }
  return found;
}

test('geometry, ImageData and ImageBitmap are in a worker what they are in a page', async (t) => {
  const lab = await startLab(t);
  const win = await lab.open();
  const { there, here } = await win.page(
    async (/** @type {string} */ source, /** @type {string[]} */ scripts) => ({
      there: await run(startTool(), `(...given) => (${source})(given)`, ...scripts),
      here: await (0, eval)(`(${source})`)(scripts),
    }),
    `${evaluateAll}`,
    SCRIPTS,
  );
  assert.equal(here.length, SCRIPTS.length);
  assert.deepEqual(there, here);
  await lab.close();
});

test('what a worker does in a way of its own', async (t) => {
  const lab = await startLab(t);
  const win = await lab.open();

  await t.test('CSS is not read or written there, as in the standard', async () => {
    const found = await win.page(() =>
      runAlone(() => {
        const nameOf = (fn) => {
          try {
            return fn();
          } catch ({ name }) {
            return name;
          }
        };
        return [nameOf(() => new DOMMatrix('none')), 'setMatrixValue' in DOMMatrix.prototype, String(new DOMMatrix())];
      }),
    );
    assert.deepEqual(found, ['TypeError', false, '[object DOMMatrix]']);
  });

  await t.test('an image file is refused by name, pixels of a bitmap can be read', async () => {
    const found = await win.page(() =>
      runAlone(async () => {
        const image = new ImageData(new Uint8ClampedArray([1, 2, 3, 255, 4, 5, 6, 255]), 1, 2);
        const bitmap = await createImageBitmap(image, { imageOrientation: 'flipY' });
        const pixels = bitmap[Symbol.for('weft.getImageData')]();
        const error = await createImageBitmap(new Blob(['GIF89a'])).catch((reason) => reason);
        return [pixels instanceof ImageData, [...pixels.data], error.name, error.message.includes('no decoder')];
      }),
    );
    assert.deepEqual(found, [true, [4, 5, 6, 255, 1, 2, 3, 255], 'NotSupportedError', true]);
  });

  await t.test('structuredClone clones and transfers what Node does not know', async () => {
    const found = await win.page(() =>
      runAlone(async () => {
        const rect = new DOMRect(1, 2, 3, 4);
        const bitmap = await createImageBitmap(new ImageData(2, 3));
        const buffer = new ArrayBuffer(8);
        const clone = structuredClone({ rect, bitmap, buffer, again: rect }, { transfer: [bitmap, buffer] });
        const { port1, port2 } = new MessageChannel();
        const moved = structuredClone(port1, { transfer: [port1] });
        port2.close();
        moved.close();
        let refusal = null;
        try {
          structuredClone({ rect, fn() {} });
        } catch (error) {
          refusal = [error instanceof DOMException, error.name];
        }
        return [
          clone.rect instanceof DOMRect, clone.rect !== rect, clone.rect === clone.again, clone.rect.right,
          clone.bitmap.width, bitmap.width, clone.buffer.byteLength, buffer.byteLength,
          moved instanceof MessagePort, structuredClone(new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))) instanceof WebAssembly.Module,
          refusal,
        ];
      }),
    );
    assert.deepEqual(found, [true, true, true, 4, 2, 0, 8, 0, true, true, [true, 'DataCloneError']]);
  });
  await lab.close();
});
