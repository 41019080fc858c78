'use strict';

/** The figures of a speed that is shown go back this far. */
const SPEED_WINDOW_MS = 2000;

/** More than anybody reads. */
const MOST_ERRORS = 200;

/** What stands in the place of pictures. */
const EMPTY = {
  finding: ['Looking for pictures', ''],
  done: ['No pictures here', 'Neither in this folder nor in those below it.'],
  cancelled: ['Cancelled', 'No picture was found yet.'],
};

/** How a worker has a native module: as its own instance, or as one that all share. */
const MODES = { private: 'private', share: 'shared', deep: 'private, with its libraries' };

/** What a run has to show, looked up whenever update() is called. */
class View {
  #run;
  #grid;
  #samples = [];
  #shownErrors = 0;
  #shownCrashes = 0;

  /** @param {Run} run @param {Grid} grid */
  constructor(run, grid) {
    this.#run = run;
    this.#grid = grid;
    document.title = `${nameOf(run.folder)} – Thumbnails`;
    byId('banner').hidden = true;
    byId('error-list').replaceChildren();
    byId('errors').hidePopover();
    grid.show(run.pictures);
  }

  update() {
    const { state, isRunning, pictures } = this.#run;
    document.body.dataset.state = state;
    byId('start').hidden = isRunning;
    byId('cancel').hidden = !isRunning;
    byId('crash').hidden = !isRunning;
    byId('folder').readOnly = isRunning;
    byId('empty').hidden = pictures.length > 0;
    if (pictures.length === 0) this.#updateEmpty();
    this.#updateProgress();
    this.#updateFigures();
    this.#updateCrash();
    this.#updateErrors();
    this.#updateModules();
    this.#grid.update();
  }

  #updateEmpty() {
    const { state, message } = this.#run;
    const [title, text] = EMPTY[state] ?? ['That did not work', message];
    setText(byId('empty-title'), title);
    setText(byId('empty-text'), text);
  }

  /** The status changes seldom: it is read out. */
  #updateProgress() {
    const { state, pictures, finished, unreadable, message } = this.#run;
    const all = formatNumber(pictures.length, 'picture');
    const status = {
      finding: 'Looking for pictures, making thumbnails',
      making: 'Making thumbnails',
      done: unreadable.length > 0 ? `Done, except ${unreadable.length}` : 'Done',
      cancelled: 'Cancelled: what is done is kept',
      failed: pictures.length > 0 ? message : 'Failed',
    };
    setText(byId('status'), status[state]);
    setText(byId('count'), finished === pictures.length ? all : `${formatCount(finished)} of ${all}`);
    const part = pictures.length > 0 ? finished / pictures.length : 0;
    byId('bar').style.transform = `scaleX(${state === 'done' ? 1 : part})`;
    // As long as the search goes on nobody knows how many there are.
    const isKnown = state !== 'finding';
    if (isKnown) byId('progress').setAttribute('aria-valuenow', Math.floor(part * 100));
    else byId('progress').removeAttribute('aria-valuenow');
  }

  #updateFigures() {
    const { seconds, stored } = this.#run;
    const speed = this.#speed();
    setText(byId('picture-rate'), formatCount(speed.pictures));
    setText(byId('byte-rate'), `${formatBytes(speed.bytes)}/s`);
    setText(byId('elapsed'), formatSeconds(seconds));
    setText(byId('stored'), formatCount(stored));
  }

  /** A second's worth: lately while it runs, of the whole run afterwards. */
  #speed() {
    const { isRunning, bytes, made, stored, seconds } = this.#run;
    const now = { time: seconds * 1000, bytes, pictures: made + stored };
    this.#samples.push(now);
    while (now.time - this.#samples[0].time > SPEED_WINDOW_MS) this.#samples.shift();
    const from = isRunning ? this.#samples[0] : { time: 0, bytes: 0, pictures: 0 };
    const elapsed = Math.max(now.time - from.time, 1) / 1000;
    return {
      bytes: (now.bytes - from.bytes) / elapsed,
      pictures: (now.pictures - from.pictures) / elapsed,
    };
  }

  #updateCrash() {
    const { crash, crashes, makers, state } = this.#run;
    if (crashes === this.#shownCrashes || !crash) return;
    this.#shownCrashes = crashes;
    const rest = `New workers have taken over, with ${formatNumber(crash.begun, 'picture')} to do again.`;
    setText(byId('banner-text'), crash.message);
    setText(
      byId('banner-rest'),
      `Nothing that was finished is lost. ${state === 'failed' ? 'It was given up.' : rest}`,
    );
    byId('banner').hidden = false;
  }

  #updateErrors() {
    const { unreadable } = this.#run;
    byId('errors-button').hidden = unreadable.length === 0;
    if (unreadable.length === this.#shownErrors) return;
    for (const { path, message } of unreadable.slice(this.#shownErrors, MOST_ERRORS)) {
      const row = byId('error-row').content.firstElementChild.cloneNode(true);
      setText(row.querySelector('.name'), nameOf(path));
      row.querySelector('.name').title = path;
      setText(row.querySelector('.facts'), message);
      byId('error-list').append(row);
    }
    this.#shownErrors = unreadable.length;
    setText(byId('errors-button'), `${formatCount(unreadable.length)} could not be read`);
  }

  #updateModules() {
    const { makers, modules, isRunning } = this.#run;
    setText(byId('workers'), isRunning ? formatNumber(makers.length, 'worker') : 'Workers ended');
    const text = modules.map(({ name, mode }) => (mode ? `${name} ${MODES[mode]}` : name)).join(' · ');
    setText(byId('modules'), text);
    byId('modules').title = modules
      .filter(({ why }) => why)
      .map(({ name, mode, why }) => `${name}: ${mode}, ${why}`)
      .join('\n');
  }
}
