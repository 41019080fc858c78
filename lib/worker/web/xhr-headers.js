'use strict';

/** Header names and values, and methods, as XMLHttpRequest takes them (fetch.spec.whatwg.org). */

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/i;
const BAD_VALUE = /[\0\r\n]|[^\0-\xff]/;
const NORMALIZED = /^(delete|get|head|options|post|put)$/i;
const FORBIDDEN_METHOD = /^(connect|trace|track)$/i;
/** Those that scripts of browsers cannot set. */
const FORBIDDEN = new Set(
  `accept-charset accept-encoding access-control-request-headers access-control-request-method
  connection content-length cookie cookie2 date dnt expect host keep-alive origin referer set-cookie
  te trailer transfer-encoding upgrade via`.split(/\s+/),
);

function checkMethod(method) {
  const where = "Failed to execute 'open' on 'XMLHttpRequest'";
  if (!TOKEN.test(method)) {
    throw new DOMException(`${where}: '${method}' is not a valid HTTP method.`, 'SyntaxError');
  }
  if (FORBIDDEN_METHOD.test(method)) {
    throw new DOMException(`${where}: '${method}' HTTP method is unsupported.`, 'SecurityError');
  }
  return NORMALIZED.test(method) ? method.toUpperCase() : method;
}

/** @param {[string, string][]} headers gets one more, or a longer value */
function addHeader(headers, name, value) {
  const where = "Failed to execute 'setRequestHeader' on 'XMLHttpRequest'";
  if (!TOKEN.test(name)) {
    throw new DOMException(
      `${where}: '${name}' is not a valid HTTP header field name.`,
      'SyntaxError',
    );
  }
  const text = value.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '');
  if (BAD_VALUE.test(text)) {
    throw new DOMException(
      `${where}: '${value}' is not a valid HTTP header field value.`,
      'SyntaxError',
    );
  }
  const lower = name.toLowerCase();
  if (FORBIDDEN.has(lower) || lower.startsWith('proxy-') || lower.startsWith('sec-')) return;
  const present = headers.find(([key]) => key.toLowerCase() === lower);
  if (present) present[1] += `, ${text}`;
  else headers.push([name, text]);
}

/** @param {[string, string][]} headers @returns {string | null} */
function getHeader(headers, name) {
  const lower = name.toLowerCase();
  const values = headers.filter(([key]) => key.toLowerCase() === lower).map(([, value]) => value);
  return values.length > 0 ? values.join(', ') : null;
}

/** @param {[string, string][]} headers all but cookies, sorted */
function allHeaders(headers) {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  return [...names]
    .filter((name) => !/^set-cookie2?$/.test(name))
    .sort()
    .map((name) => `${name}: ${getHeader(headers, name)}\r\n`)
    .join('');
}

/** @param {[string, string][]} headers @returns {number} of the body as it is read; 0 for unknown */
function lengthOf(headers) {
  const isEncoded = getHeader(headers, 'content-encoding') !== null;
  return isEncoded ? 0 : Number(getHeader(headers, 'content-length') ?? 0) || 0;
}

module.exports = { addHeader, allHeaders, checkMethod, getHeader, lengthOf };
