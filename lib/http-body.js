'use strict';

// The JSON body of a request: what somebody parsed before, or what is still in the stream.

const { refusal } = require('./http.js');

/** The longest body, in bytes. A login's needs less than a thousand. */
const MAX_BYTES = 16 * 1024;

const JSON_TYPE = /^application\/(?:json|[^\s;/]+\+json)[ \t]*(?:;|$)/i;

/** A page of any site can send these without asking: who parsed one did not have us in mind. */
const FORM = /^(?:application\/x-www-form-urlencoded|multipart\/)/i;

/**
 * The object in the body of a Node request; `{}` where the body is empty. `parsed` is what a parser
 * of the framework has left, and `stream` what it would have read.
 */
async function nodeBody(headers, parsed, stream) {
  requireSize(headers['content-length']);
  const isText = typeof parsed === 'string' || ArrayBuffer.isView(parsed);
  if (parsed !== undefined && parsed !== null && !isText && !(isEmpty(parsed) && isUnread(stream))) {
    if (FORM.test(headers['content-type'])) throw notJson();
    return requireObject(parsed);
  }
  const bytes = isText ? Buffer.from(parsed) : await readNode(stream);
  return parse(bytes, headers['content-type'], headers['content-encoding']);
}

/** Express 4's parsers leave `{}` for bodies that they did not read. */
const isEmpty = (parsed) => typeof parsed === 'object' && !Array.isArray(parsed) && Object.keys(parsed).length === 0;

/** Whether nobody has read from a stream, and nobody is about to. */
function isUnread(stream) {
  return !stream.readableDidRead && !stream.readableEnded && !stream.destroyed && stream.readableFlowing !== true;
}

async function readNode(stream) {
  if (!isUnread(stream)) {
    throw refusal(400, 'The body was read before, and nobody left it parsed: put these routes in front of that');
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
      if (size > MAX_BYTES) settle(reject, tooLarge());
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
  requireSize(request.headers.get('content-length'));
  const bytes = await webBytes(request, kept);
  return parse(bytes, request.headers.get('content-type'), request.headers.get('content-encoding'));
}

async function webBytes(request, kept) {
  if (!request.bodyUsed) return request.body ? readWeb(request.body) : Buffer.alloc(0);
  const text = kept && (await kept().catch(() => undefined));
  if (text !== undefined) return Buffer.from(text);
  throw refusal(400, 'The body was read before: give the routes a request that nobody read');
}

async function readWeb(stream) {
  const chunks = [];
  let size = 0;
  let reader;
  try {
    reader = stream.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return Buffer.concat(chunks);
      size += value.length;
      if (size > MAX_BYTES) break;
      chunks.push(value);
    }
  } catch (_) {
    throw refusal(400, 'The body cannot be read: it ended early, or somebody else reads it');
  }
  reader.cancel().catch(() => {});
  throw tooLarge();
}

function parse(bytes, type, encoding) {
  if (bytes.length > MAX_BYTES) throw tooLarge();
  if (bytes.length === 0) return {};
  if (!JSON_TYPE.test(type || '')) throw notJson();
  if (encoding && encoding !== 'identity') throw refusal(415, 'The body must not be compressed');
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

function requireSize(length) {
  if (Number(length) > MAX_BYTES) throw tooLarge();
}

const notJson = () => refusal(415, 'The body must be JSON: send Content-Type: application/json');
const tooLarge = () => refusal(413, `The body must not be larger than ${MAX_BYTES / 1024} KiB`);

module.exports = { nodeBody, webBody };
