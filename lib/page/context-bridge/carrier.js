'use strict';

/**
 * Carries what only the engine can carry from one world to another: nodes, of which each world has a
 * wrapper of its own, and what structured clone copies (dates, maps, buffers, blobs, pictures).
 *
 * An event at an EventTarget that both worlds have: WebKit gives each world its own wrapper of the event,
 * of its relatedTarget, and a clone of its detail. The target is in no document, and page script never
 * has it, so nobody else sees the event.
 */

const P = require('../../common/structured-clone/primordials');

const { CustomEvent, EventTarget, FocusEvent } = globalThis;
const addListener = P.uncurryThis(EventTarget.prototype.addEventListener);
const removeListener = P.uncurryThis(EventTarget.prototype.removeEventListener);
const dispatch = P.uncurryThis(EventTarget.prototype.dispatchEvent);
const detailOf = P.uncurryGetter(CustomEvent.prototype, 'detail');
const relatedTargetOf = P.uncurryGetter(FocusEvent.prototype, 'relatedTarget');
const fontsOf = P.uncurryGetter(Document.prototype, 'fonts');

/** What both worlds have of a document before either has anything of the other. */
const meetingPoint = fontsOf(document);

const newFocusEvent = (type, relatedTarget) =>
  new FocusEvent(type, { __proto__: null, relatedTarget });

/** This world's side of a carrier. */
exports.createCarrier = function createCarrier() {
  let target = null;
  let received = null;

  function listen() {
    addListener(target, 'clone', (event) => {
      try {
        received = detailOf(event);
      } catch {
        received = null; // a getter of the other world has thrown
      }
    });
    addListener(target, 'node', (event) => {
      received = relatedTargetOf(event);
    });
  }

  /** Awaits the other side, which calls `open` with the same name before any page script runs. */
  function join(name) {
    const meet = (event) => {
      target = relatedTargetOf(event);
      removeListener(meetingPoint, name, meet);
      listen();
    };
    addListener(meetingPoint, name, meet);
  }

  function open(name) {
    target = new EventTarget();
    dispatch(meetingPoint, newFocusEvent(name, target));
  }

  return {
    __proto__: null,
    join,
    open,
    listen,
    sendNode: (node) => dispatch(target, newFocusEvent('node', node)),
    sendClone: (detail) => dispatch(target, new CustomEvent('clone', { __proto__: null, detail })),
    /** What has come: an object of this world, or null when it could not be copied. */
    take() {
      const object = received;
      received = null;
      return object;
    },
  };
};
