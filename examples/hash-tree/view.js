'use strict';

/** The figures of a speed that is shown go back this far. */
const SPEED_WINDOW_MS = 2000;

const byId = (id) => document.getElementById(id);

/** Touches the page only where something has changed. */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function setPath(row, path, folder) {
  const { parent, name } = splitPath(path, folder);
  const element = row.querySelector('.path');
  element.title = path;
  setText(element.querySelector('.parent'), parent);
  setText(element.querySelector('.name'), name);
}

function addRow(list, template) {
  const row = byId(template).content.firstElementChild.cloneNode(true);
  list.append(row);
  return row;
}

/** What a run has to show, looked up whenever update() is called. */
class View {
  #run;
  #chart = new Chart();
  #samples = [];
  #workerRows = [];
  #shownErrors = 0;
  #shownLargest = '';

  /** @param {Run} run */
  constructor(run) {
    this.#run = run;
    this.#chart.draw();
    for (const id of ['workers', 'largest', 'error-list']) byId(id).replaceChildren();
    byId('error-details').hidden = true;
  }

  update() {
    const run = this.#run;
    document.body.dataset.state = run.state;
    byId('start').hidden = run.isRunning;
    byId('cancel').hidden = !run.isRunning;
    byId('folder').readOnly = run.isRunning;
    this.#updateProgress();
    this.#updateFigures();
    this.#updateWorkers();
    this.#updateLargest();
    this.#updateErrors();
    setText(byId('digest'), run.digest || (run.isRunning ? 'known when all is hashed' : 'none'));
  }

  #updateProgress() {
    const { state, found, hashed, bytes, folder } = this.#run;
    const status = {
      walking: `Walking and hashing ${folder}`,
      hashing: `Hashing ${folder}`,
      done: `All of ${folder} is hashed`,
      cancelled: `Cancelled: ${folder} is hashed in part`,
      failed: this.#run.message,
    };
    setText(byId('status'), status[state]);
    const part = found.bytes > 0 ? bytes / found.bytes : hashed.files / (found.files || 1);
    const percent = state === 'done' ? 100 : Math.min(Math.floor(part * 100), 99);
    // As long as the walk goes on nobody knows how much there is.
    const isKnown = state === 'hashing' || state === 'done';
    setText(byId('percent'), isKnown ? `${percent} %` : '');
    byId('bar').style.transform = `scaleX(${state === 'done' ? 1 : Math.min(part, 1)})`;
    if (isKnown) byId('progress').setAttribute('aria-valuenow', percent);
    else byId('progress').removeAttribute('aria-valuenow');
  }

  #updateFigures() {
    const { isRunning, found, hashed, bytes, seconds, folders, errors } = this.#run;
    const speed = this.#speed();
    if (isRunning) this.#chart.add(bytes);
    setText(byId('throughput'), `${formatBytes(speed.bytes)}/s`);
    setText(byId('file-rate'), formatCount(speed.files));
    setText(byId('elapsed'), formatSeconds(seconds));
    const part = (done, all) => (done === all ? all : `${done} of ${all}`);
    setText(byId('files'), part(formatCount(hashed.files), formatCount(found.files)));
    setText(byId('size'), part(formatBytes(bytes), formatBytes(found.bytes)));
    setText(byId('folders'), formatCount(folders));
    setText(byId('errors'), formatCount(errors));
    byId('errors-figure').classList.toggle('some', errors > 0);
  }

  /** A second's worth: lately while it runs, of the whole run afterwards. */
  #speed() {
    const { isRunning, bytes, hashed, seconds } = this.#run;
    const now = { time: seconds * 1000, bytes, files: hashed.files };
    this.#samples.push(now);
    while (now.time - this.#samples[0].time > SPEED_WINDOW_MS) this.#samples.shift();
    const from = isRunning ? this.#samples[0] : { time: 0, bytes: 0, files: 0 };
    const elapsed = Math.max(now.time - from.time, 1) / 1000;
    return { bytes: (now.bytes - from.bytes) / elapsed, files: (now.files - from.files) / elapsed };
  }

  #updateWorkers() {
    const { hashers, folder } = this.#run;
    byId('workers-card').hidden = hashers.length === 0;
    setText(byId('worker-count'), String(hashers.length || ''));
    hashers.forEach((hasher, index) => {
      this.#workerRows[index] ??= addRow(byId('workers'), 'worker-row');
      const row = this.#workerRows[index];
      const { current, done, bytes, batchBytes } = hasher;
      row.classList.toggle('idle', !current);
      setText(row.querySelector('.badge'), String(index + 1));
      setText(row.querySelector('.amount'), formatBytes(bytes + batchBytes));
      if (current) setPath(row, current.path, folder);
      else this.#setIdle(row, hasher);
      const part = current && current.size > 0 ? done / current.size : 0;
      row.querySelector('.part').style.transform = `scaleX(${Math.min(part, 1)})`;
    });
  }

  #setIdle(row, { files }) {
    row.querySelector('.path').title = '';
    setText(row.querySelector('.name'), `${formatCount(files)} files`);
    const { isRunning, state } = this.#run;
    setText(row.querySelector('.parent'), isRunning ? 'waiting' : state === 'done' ? 'done' : 'ended');
  }

  #updateLargest() {
    const { largest, folder } = this.#run;
    byId('largest-card').hidden = largest.length === 0;
    const key = largest.map(({ path }) => path).join('\0');
    if (key === this.#shownLargest) return;
    this.#shownLargest = key;
    const list = byId('largest');
    list.replaceChildren();
    for (const { path, size, digest } of largest) {
      const row = addRow(list, 'file-row');
      setText(row.querySelector('.size'), formatBytes(size));
      setPath(row, path, folder);
      setText(row.querySelector('.sha'), digest);
      row.querySelector('.sha').title = digest;
    }
  }

  #updateErrors() {
    const { errors, errorList } = this.#run;
    byId('error-details').hidden = errors === 0;
    if (errors === this.#shownErrors) return;
    for (const { path, message } of errorList.slice(this.#shownErrors)) {
      const item = document.createElement('li');
      item.textContent = `${path}: ${message}`;
      byId('error-list').append(item);
    }
    this.#shownErrors = errors;
    const rest = errors > errorList.length ? `; the first ${errorList.length}` : '';
    const what = errors === 1 ? 'entry' : 'entries';
    setText(byId('error-summary'), `${formatCount(errors)} unreadable ${what}${rest}`);
  }
}
