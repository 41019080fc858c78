'use strict';

/** Files that the printed summary names. */
const MOST_FILES = 5;

const count = (value) => value.toLocaleString('en');
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

/** The result of a run (run.js), for people who read it in a terminal. */
function summaryText(summary) {
  const { folder, files, folders, bytes, seconds, workers, digest, largest, errors } = summary;
  const rows = [
    ['Folder', folder],
    ['Files', `${count(files)} in ${count(folders)} folders`],
    ['Bytes', `${count(bytes)} (${megabytes(bytes)})`],
    ['Time', `${seconds.toFixed(2)} s`],
    ['Speed', `${megabytes(bytes / seconds)}/s, ${count(Math.round(files / seconds))} files/s`],
    ['Workers', count(workers)],
    ['Errors', count(errors)],
    ['Digest', digest],
  ];
  const lines = rows.map(([name, value]) => `${name.padEnd(8)} ${value}`);
  const named = largest.slice(0, MOST_FILES);
  if (named.length > 0) lines.push('Largest');
  for (const file of named) {
    lines.push(`${megabytes(file.size).padStart(12)}  ${file.digest}  ${file.path}`);
  }
  return lines.join('\n');
}

module.exports = { summaryText };
