'use strict';

/** Longest text of an error or console message that reaches the page, in UTF-16 units. */
const REPORT_TEXT_MAX = 12_000;

function cutText(value) {
  if (typeof value !== 'string' || value.length <= REPORT_TEXT_MAX) return value;
  return `${value.slice(0, REPORT_TEXT_MAX)}… (${value.length} characters)`;
}

/** A report must fit in the ring: its long texts are cut. @param {object} report */
function cutTexts(report) {
  return Object.fromEntries(Object.entries(report).map(([name, value]) => [name, cutText(value)]));
}

module.exports = { cutTexts };
