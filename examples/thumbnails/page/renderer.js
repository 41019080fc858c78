'use strict';

/** Often enough to look alive. */
const UPDATE_INTERVAL_MS = 100;

const query = new URLSearchParams(location.search);
const grid = new Grid(new Thumbnails(query.get('database')));

let run = null;

/** Starts a run and shows it until it has ended. @returns {Promise<object>} its summary */
async function start(folder) {
  run = new Run(folder, query.get('database'));
  const view = new View(run, grid);
  view.update();
  const timer = setInterval(() => view.update(), UPDATE_INTERVAL_MS);
  const summary = await run.ended;
  clearInterval(timer);
  view.update();
  await grid.shown();
  return summary;
}

byId('form').addEventListener('submit', (event) => {
  event.preventDefault();
  if (run?.isRunning) return;
  start(byId('folder').value.trim());
  byId('cancel').focus();
});

byId('cancel').addEventListener('click', () => {
  run.cancel();
  byId('start').hidden = false; // at once, so that the focus can go there
  byId('start').focus();
});

byId('crash').addEventListener('click', () => run.crashProcess());

byId('banner-close').addEventListener('click', () => {
  byId('banner').hidden = true;
  byId('pictures').focus();
});

new FolderField(byId('folder'), byId('folders'));

const given = query.get('folder');
byId('folder').value = given;
byId('folder').setSelectionRange(given.length, given.length); // to go on typing
setText(byId('database'), query.get('database'));
byId('database').title = query.get('database');

/** Resolves to the summary of the run that the command line asked for: main.js waits for it. */
window.finished = query.get('start') === 'yes' ? start(given) : null;
