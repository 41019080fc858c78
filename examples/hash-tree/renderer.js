'use strict';

/** Often enough to look alive. */
const UPDATE_INTERVAL_MS = 100;

let run = null;

/** Starts a run and shows it until it has ended. @returns {Promise<object>} its summary */
async function start(folder) {
  run = new Run(folder);
  const view = new View(run);
  view.update();
  const timer = setInterval(() => view.update(), UPDATE_INTERVAL_MS);
  const summary = await run.ended;
  clearInterval(timer);
  view.update();
  return summary;
}

byId('form').addEventListener('submit', (event) => {
  event.preventDefault();
  if (!run?.isRunning) start(byId('folder').value.trim());
});

byId('cancel').addEventListener('click', () => run.cancel());

const query = new URLSearchParams(location.search);
byId('folder').value = query.get('folder');

/** Resolves to the summary of the run that the command line asked for: main.js waits for it. */
window.finished = query.get('start') === 'yes' ? start(query.get('folder')) : null;
