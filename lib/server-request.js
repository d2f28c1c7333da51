'use strict';

// A request of the application's own to WeChat's server API, as the addon takes it. Nothing in it
// leads elsewhere, or chooses the access token.

const { bytes } = require('./arguments.js');
const { Refusal, wrong } = require('./errors.js');
const { isMissing, isPlain, isText } = require('./options.js');

/** Segments of what needs no escape. */
const PATH = /^(\/[\w.~-]+)+$/;

/** What WeChat's parameters are called. Other letters may mean `access_token` to a server. */
const NAME = /^[\w-]+$/;

/** In characters, of the path and of the query each. Encoded, both fit into what a URL may have. */
const MAX_LENGTH = 4096;

const JSON_TYPE = 'application/json';
const BYTES_TYPE = 'application/octet-stream';
const MULTIPART = /^multipart\/form-data;[ -~]+$/;

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
  const encoded = bodyOf(body);
  return isPromise(encoded) ? encoded.then((read) => ({ ...request, ...read })) : { ...request, ...encoded };
}

function safePath(path) {
  if (!isText(path) || !isShort(path) || !PATH.test(path) || path.split('/').some((part) => /^\.+$/.test(part))) {
    throw new TypeError(
      "path must be the path of an interface, such as '/wxa/getwxacodeunlimit': a query goes into the option query",
    );
  }
  return path;
}

/** Names and values in turn. */
function pairsOf(query = {}) {
  const pairs = entriesOf(query).flatMap(([name, value]) => {
    if (/^access_token$/i.test(name.trim())) {
      throw new TypeError('query must not hold access_token: the shared one is added, and kept out of errors');
    }
    if (!NAME.test(name)) throw new TypeError('query must have names of letters, digits, - and _');
    if (isText(value) || typeof value === 'boolean' || Number.isFinite(value)) return [name, String(value)];
    throw new TypeError('query must hold text, numbers and booleans alone');
  });
  if (isShort(pairs.join(''))) return pairs;
  throw new TypeError('query is too long: what is long goes into the option body');
}

function entriesOf(query) {
  try {
    return Object.entries(query);
  } catch (_) {
    throw new TypeError('query cannot be read: it throws when it is looked at');
  }
}

function isShort(text) {
  return text.length <= MAX_LENGTH;
}

/** The bytes of the body and their type, or a promise for them. */
function bodyOf(body) {
  try {
    const encoded = encodedBody(body);
    return isPromise(encoded) ? encoded.catch(refuse) : encoded;
  } catch (error) {
    return refuse(error);
  }
}

function refuse(error) {
  throw error instanceof Refusal ? error : wrong('The option body cannot be read');
}

function isPromise(value) {
  return typeof value.then === 'function';
}

/** Text and bytes go as they are, byte for byte: signatures cover them. */
function encodedBody(body) {
  if (isText(body)) return { body: Buffer.from(body), contentType: JSON_TYPE };
  if (ArrayBuffer.isView(body)) return { body: bytes(body, 'body'), contentType: BYTES_TYPE };
  // That of npm calls itself a FormData too.
  if (typeof body.getHeaders === 'function' && typeof body.getBuffer === 'function') {
    return multipart(body.getBuffer(), body.getHeaders()['content-type']);
  }
  if (isFormData(body)) return readForm(body);
  if (hasJson(body)) return { body: Buffer.from(jsonOf(body)), contentType: JSON_TYPE };
  throw wrong('The option body must be an object, text, bytes or a FormData');
}

/** The JSON of a stream would tell of its inside. */
function hasJson(body) {
  return (isPlain(body) && typeof body.pipe !== 'function') || Array.isArray(body);
}

function jsonOf(value) {
  try {
    const json = JSON.stringify(value);
    if (isText(json)) return json;
  } catch (_) {
    // It holds itself, or a BigInt.
  }
  throw wrong('The option body cannot become JSON');
}

/** Whether it is the platform's own FormData, which its Response reads. */
function isFormData(body) {
  return typeof Response === 'function' && Object.prototype.toString.call(body) === '[object FormData]';
}

async function readForm(body) {
  const response = new Response(await inMemory(body));
  return multipart(await response.arrayBuffer(), response.headers.get('content-type'));
}

/** The same form, all of it read: a Response of Node 24 never ends over a file that is gone. */
async function inMemory(body) {
  if (typeof body[Symbol.iterator] !== 'function') return body;
  const form = new FormData();
  for (const [name, value] of body) {
    if (isText(value)) form.append(name, value);
    else form.append(name, new Blob([await value.arrayBuffer()], { type: value.type }), value.name);
  }
  return form;
}

/** A form as it is sent. What only looks like one is encoded as something else. */
function multipart(encoded, contentType) {
  if (!MULTIPART.test(contentType)) throw wrong('The option body is no FormData that can be read');
  return { body: Buffer.from(encoded), contentType };
}

module.exports = { serverRequest };
