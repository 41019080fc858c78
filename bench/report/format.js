// SPDX-License-Identifier: MIT
'use strict';

/* Numbers as text, the same in the table and in the chart. */

function threeDigits(number) {
    if (number >= 100)
        return String(Math.round(number));
    return number >= 10 ? number.toFixed(1) : number.toFixed(2);
}

function time(ms) {
    if (ms <= 0)
        return 'below the clock';
    if (ms < 1)
        return `${threeDigits(ms * 1000)} µs`;
    return ms < 1000 ? `${threeDigits(ms)} ms` : `${threeDigits(ms / 1000)} s`;
}

function rate(perSecond) {
    if (perSecond >= 1e6)
        return `${threeDigits(perSecond / 1e6)} M/s`;
    return `${threeDigits(perSecond / 1e3)} k/s`;
}

function value(kind, number) {
    return kind === 'rate' ? rate(number) : time(number);
}

function ratio(number) {
    return Number.isFinite(number) ? `× ${threeDigits(number)}` : '';
}

module.exports = { value, ratio };
