'use strict';

/** More of a file than this does not help a reader, and would make the page slow. */
const MAX_SHOWN_CHARACTERS = 200_000;

const form = document.getElementById('form');
const field = document.getElementById('path');
const result = document.getElementById('result');
const status = document.getElementById('status');
const text = document.getElementById('text');

const worker = new Worker('worker.js');

let wanted = '';

/** Settles when the first file, or why there is none, is on the page: main.js waits for it. */
let onShown;
window.shown = new Promise((resolve) => {
  onShown = resolve;
});

function show(state, statusText, content = '') {
  result.dataset.state = state;
  status.textContent = statusText;
  text.textContent = content;
  text.scrollTop = 0;
  if (state !== 'reading') onShown([statusText, content].filter(Boolean).join('\n\n'));
}

function read(path) {
  wanted = path;
  field.value = path;
  show('reading', `Reading ${path} …`);
  worker.postMessage(path);
}

function showData(path, data) {
  const length = data.length.toLocaleString('en');
  if (data === '') show('data', `${path} is empty.`);
  else if (data.length <= MAX_SHOWN_CHARACTERS) show('data', `${path} · ${length} characters`, data);
  else {
    const shown = MAX_SHOWN_CHARACTERS.toLocaleString('en');
    const status = `${path} · the first ${shown} of ${length} characters`;
    show('data', status, data.slice(0, MAX_SHOWN_CHARACTERS));
  }
}

worker.onmessage = ({ data: { path, data, error } }) => {
  if (path !== wanted) return; // the answer to an earlier question
  if (error) show('error', `Cannot read ${path}`, error);
  else showData(path, data);
};

worker.onerror = (event) => show('error', 'The worker has failed', event.message);

form.addEventListener('submit', (event) => {
  event.preventDefault();
  read(field.value.trim());
});

read(new URLSearchParams(location.search).get('path'));
