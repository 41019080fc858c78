'use strict';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

const byId = (id) => document.getElementById(id);

/** Touches the page only where something has changed. */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function formatCount(value) {
  return Math.round(value).toLocaleString('en');
}

/** One picture, 2 pictures. */
function formatNumber(value, singular) {
  return `${formatCount(value)} ${singular}${value === 1 ? '' : 's'}`;
}

/** Three digits and a decimal unit: 1.23 GB */
function formatBytes(bytes) {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const decimals = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(decimals)} ${UNITS[unit]}`;
}

function formatSeconds(seconds) {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (parts[0] === 0) parts.shift();
  return parts.map((part, index) => (index ? String(part).padStart(2, '0') : part)).join(':');
}

/** The last part of a path. */
function nameOf(path) {
  return path.slice(path.replace(/\/+$/, '').lastIndexOf('/') + 1);
}
