'use strict';

// Messages that WeChat pushes: what a request brings of one, and what it is to be answered with.

const { Refusal, wrong } = require('./errors.js');
const { isMissing, isText } = require('./options.js');

/** The longest body, in bytes. */
const MAX_BYTES = 64 * 1024;

/** What the query of a push may have for us, by our names. */
const PARAMETERS = {
  signature: 'signature',
  msgSignature: 'msg_signature',
  timestamp: 'timestamp',
  nonce: 'nonce',
  echostr: 'echostr',
};

/** What WeChat takes as "received". */
const RECEIVED = 'success';

/** How what `receive` resolved with is given back, for WeChat to send it again. */
const returns = new WeakMap();

/** The functions `receive` of the objects that have the option `wechat.push`. */
const configured = new WeakSet();

/** The function `receive` on the `calls` of an object. */
function createReceive(calls, hasOption) {
  function receive(request) {
    let echo;
    const read = ({ pushed: { message, name, mark } }) => {
      const received = { message: message === undefined ? null : parsed(message), reply: RECEIVED };
      if (message === undefined) received.reply = echo;
      else returns.set(received, () => calls.start((call) => calls.core.giveBack(call, name, mark), nothing));
      return received;
    };
    return calls.start((call) => {
      const { query, body } = readRequest(request);
      echo = query.echostr;
      calls.core.receive(call, query, body);
    }, read);
  }
  if (hasOption) configured.add(receive);
  return receive;
}

/** Whether an object can receive messages. */
const receives = (auth) => configured.has(Object(Object(auth).wechat).receive);

/** Forgets that a message came: it could not be worked on, and WeChat sends it again. */
async function giveBack(received) {
  await returns.get(received)();
}

function readRequest(request) {
  try {
    const { query, body } = Object(request);
    return { query: readQuery(query), body: readBody(body) };
  } catch (reason) {
    throw reason instanceof Refusal ? reason : wrong('The query and the body cannot be read');
  }
}

/** What is read of a query, each a text. */
function readQuery(query) {
  if (typeof query !== 'object' || query === null) throw wrong('The query must be an object of texts');
  const isSearch = Object.prototype.toString.call(query) === '[object URLSearchParams]';
  const read = {};
  for (const [name, theirs] of Object.entries(PARAMETERS)) {
    const values = isSearch ? query.getAll(theirs) : [query[theirs]];
    if (values.length > 1 || !(isMissing(values[0]) || isText(values[0]))) {
      throw wrong(`The query must have one text as ${theirs}`);
    }
    if (!isMissing(values[0])) [read[name]] = values;
  }
  return read;
}

function readBody(body) {
  if (isMissing(body)) return Buffer.alloc(0);
  if (!isText(body) && !ArrayBuffer.isView(body)) {
    throw wrong('The body must be the bytes that came in, as a Buffer or a string: a parsed one is none');
  }
  const size = isText(body) ? Buffer.byteLength(body) : body.byteLength;
  if (size > MAX_BYTES) throw wrong(`The body must not be larger than ${MAX_BYTES / 1024} KiB`);
  return isText(body) ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

/** The fields of a message. None of WeChat's is named so that it would change an object. */
function parsed(message) {
  return JSON.parse(message, (name, value) => (name === '__proto__' ? undefined : value));
}

const nothing = () => undefined;

module.exports = { MAX_BYTES, createReceive, giveBack, receives };
