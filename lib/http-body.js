'use strict';

// The body of a request, as JSON or as bytes: what somebody parsed before, or what is still in the
// stream.

const { refusal } = require('./http.js');

/** The longest body of JSON, in bytes. A login's needs less than a thousand. */
const MAX_JSON = 16 * 1024;

const JSON_TYPE = /^application\/(?:json|[^\s;/]+\+json)[ \t]*(?:;|$)/i;

/** A page of any site can send these without asking: who parsed one did not have us in mind. */
const FORM = /^(?:application\/x-www-form-urlencoded|multipart\/)/i;

/**
 * The object in the body of a Node request; `{}` where the body is empty. `parsed` is what a parser
 * of the framework has left, and `stream` what it would have read.
 */
async function nodeBody(headers, parsed, stream) {
  requireSize(headers['content-length'], MAX_JSON);
  if (isParsed(parsed, stream)) {
    if (FORM.test(headers['content-type'])) throw notJson();
    return requireObject(parsed);
  }
  const bytes = isRaw(parsed) ? Buffer.from(parsed) : await readNode(stream, MAX_JSON);
  return parse(bytes, headers['content-type'], headers['content-encoding']);
}

/**
 * The bytes of the body of a Node request. `found` are the places where frameworks leave a body;
 * the first that has bytes or a text counts.
 */
async function nodeBytes(headers, found, stream, max) {
  requireSize(headers['content-length'], max);
  requirePlain(headers['content-encoding']);
  const raw = found.find(isRaw);
  if (raw !== undefined) {
    requireSize(raw.length, max);
    return Buffer.from(raw);
  }
  if (found.some((parsed) => isParsed(parsed, stream))) {
    throw refusal(400, 'The body was parsed before, and its bytes are needed: put this in front of the body parser');
  }
  return readNode(stream, max);
}

const isRaw = (body) => typeof body === 'string' || ArrayBuffer.isView(body);

/** Whether a parser of the framework has made something else of the body. */
const isParsed = (body, stream) =>
  body !== undefined && body !== null && !isRaw(body) && !(isEmpty(body) && isUnread(stream));

/** Express 4's parsers leave `{}` for bodies that they did not read. */
const isEmpty = (parsed) => typeof parsed === 'object' && !Array.isArray(parsed) && Object.keys(parsed).length === 0;

/** Whether nobody has read from a stream, and nobody is about to. */
function isUnread(stream) {
  return !stream.readableDidRead && !stream.readableEnded && !stream.destroyed && stream.readableFlowing !== true;
}

async function readNode(stream, max) {
  if (!isUnread(stream)) {
    throw refusal(400, 'The body was read before, and nobody left it parsed: put this in front of that');
  }
  return new Promise((resolve, reject) => {
    const chunks = [];
    let size = 0;
    const settle = (end, value) => {
      stream.removeListener('data', take);
      stream.removeListener('end', finish);
      stream.removeListener('close', lose);
      end(value);
    };
    const take = (chunk) => {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      size += bytes.length;
      chunks.push(bytes);
      // What is left flows away unkept, or a client that writes would not read the answer.
      if (size > max) settle(reject, tooLarge(max));
    };
    const finish = () => settle(resolve, Buffer.concat(chunks));
    const lose = () => settle(reject, refusal(400, 'The body ended early'));
    stream.on('data', take).on('end', finish).on('close', lose).on('error', lose).resume();
  });
}

/**
 * The object in the body of a Request of the Fetch API; `{}` where the body is empty. `kept` gives
 * a promise for the text of a body that was read before, where a framework has kept it.
 */
async function webBody(request, kept) {
  requireSize(request.headers.get('content-length'), MAX_JSON);
  const bytes = await readRequest(request, kept, MAX_JSON);
  return parse(bytes, request.headers.get('content-type'), request.headers.get('content-encoding'));
}

/** The bytes of the body of a Request of the Fetch API. */
async function webBytes(request, kept, max) {
  requireSize(request.headers.get('content-length'), max);
  requirePlain(request.headers.get('content-encoding'));
  return readRequest(request, kept, max);
}

async function readRequest(request, kept, max) {
  if (!request.bodyUsed) return request.body ? readWeb(request.body, max) : Buffer.alloc(0);
  const text = kept && (await kept().catch(() => undefined));
  if (text !== undefined) return Buffer.from(text);
  throw refusal(400, 'The body was read before: give us a request that nobody read');
}

async function readWeb(stream, max) {
  const chunks = [];
  let size = 0;
  let reader;
  try {
    reader = stream.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return Buffer.concat(chunks);
      size += value.length;
      if (size > max) break;
      chunks.push(value);
    }
  } catch (_) {
    throw refusal(400, 'The body cannot be read: it ended early, or somebody else reads it');
  }
  reader.cancel().catch(() => {});
  throw tooLarge(max);
}

function parse(bytes, type, encoding) {
  requireSize(bytes.length, MAX_JSON);
  if (bytes.length === 0) return {};
  if (!JSON_TYPE.test(type || '')) throw notJson();
  requirePlain(encoding);
  let value;
  try {
    value = JSON.parse(bytes.toString());
  } catch (_) {
    throw refusal(400, 'The body is not JSON');
  }
  return requireObject(value);
}

function requireObject(value) {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw refusal(400, 'The body must be a JSON object');
}

function requireSize(length, max) {
  if (Number(length) > max) throw tooLarge(max);
}

function requirePlain(encoding) {
  if (encoding && encoding !== 'identity') throw refusal(415, 'The body must not be compressed');
}

const notJson = () => refusal(415, 'The body must be JSON: send Content-Type: application/json');
const tooLarge = (max) => refusal(413, `The body must not be larger than ${max / 1024} KiB`);

module.exports = { nodeBody, nodeBytes, webBody, webBytes };
