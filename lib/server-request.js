'use strict';

// A request of the application's own to WeChat's server API, as the addon takes it. Nothing in it
// leads elsewhere, or chooses the access token.

const { wrong } = require('./errors.js');
const { isMissing, isPlain, isText } = require('./options.js');

/** Segments of what needs no escape. */
const PATH = /^(\/[\w.~-]+)+$/;

const JSON_TYPE = 'application/json';
const BYTES_TYPE = 'application/octet-stream';

/** The request, or a promise for it where the body must be read first. */
function serverRequest(path, { method, query, body, as, timeout, retry }) {
  const hasBody = !isMissing(body);
  const post = method === undefined ? hasBody : method === 'POST';
  if (hasBody && !post) throw wrong('The option body must be left out of a GET request');
  const request = {
    post,
    path: safePath(path),
    query: pairsOf(query),
    contentType: '',
    wantsBytes: as === 'bytes',
    timeout,
    retry: retry === true,
  };
  if (!hasBody) return request;
  const read = bodyOf(body);
  return typeof read.then === 'function' ? read.then((done) => ({ ...request, ...done })) : { ...request, ...read };
}

function safePath(path) {
  if (!isText(path) || !PATH.test(path) || path.split('/').some((segment) => /^\.+$/.test(segment))) {
    throw new TypeError(
      "path must be the path of an interface, such as '/wxa/getwxacodeunlimit': a query goes into the option query",
    );
  }
  return path;
}

/** Names and values in turn. */
function pairsOf(query = {}) {
  return Object.entries(query).flatMap(([name, value]) => {
    if (/^access_token$/i.test(name.trim())) {
      throw new TypeError('query must not hold access_token: the shared one is added, and kept out of errors');
    }
    if (isText(value) || typeof value === 'boolean' || Number.isFinite(value)) return [name, String(value)];
    throw new TypeError('query must hold text, numbers and booleans alone');
  });
}

/** Text and bytes go as they are, byte for byte: signatures cover them. */
function bodyOf(body) {
  if (isText(body)) return { body: Buffer.from(body), contentType: JSON_TYPE };
  if (ArrayBuffer.isView(body)) return { body: bytesOf(body), contentType: BYTES_TYPE };
  if (isFormData(body)) return multipart(body);
  if (typeof body.getHeaders === 'function' && typeof body.getBuffer === 'function') {
    return { body: Buffer.from(body.getBuffer()), contentType: String(body.getHeaders()['content-type']) };
  }
  if (isPlain(body) || Array.isArray(body)) return { body: Buffer.from(jsonOf(body)), contentType: JSON_TYPE };
  throw wrong('The option body must be an object, text, bytes or a FormData');
}

function bytesOf(view) {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}

function jsonOf(value) {
  try {
    return JSON.stringify(value);
  } catch (_) {
    throw wrong('The option body cannot become JSON');
  }
}

function isFormData(body) {
  return typeof Response === 'function' && Object.prototype.toString.call(body) === '[object FormData]';
}

async function multipart(body) {
  const encoded = new Response(body);
  const contentType = encoded.headers.get('content-type');
  return { body: Buffer.from(await encoded.arrayBuffer()), contentType };
}

module.exports = { serverRequest };
