'use strict';

const count = (value) => value.toLocaleString('en');
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

/** The result of a run (page/run.js), for people who read it in a terminal. */
function summaryText(summary) {
  const { folder, pictures, made, stored, bytes, seconds, workers, modules, errors } = summary;
  const rows = [
    ['Folder', folder],
    ['Pictures', count(pictures)],
    ['Made', count(made)],
    ['Stored', `${count(stored)} were in the database`],
    ['Time', `${seconds.toFixed(2)} s`],
    [
      'Speed',
      `${count(Math.round((made + stored) / seconds))} pictures/s, ${megabytes(bytes / seconds)}/s`,
    ],
    ['Workers', count(workers)],
    ['Modules', modules.map(({ name, mode }) => (mode ? `${name} (${mode})` : name)).join(', ')],
    ['Errors', count(errors.length)],
  ];
  const lines = rows.map(([name, value]) => `${name.padEnd(8)} ${value}`);
  for (const { path, message } of errors) lines.push(`  ${path}: ${message}`);
  return lines.join('\n');
}

module.exports = { summaryText };
