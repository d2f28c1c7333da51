'use strict';

const crypto = require('node:crypto');

/** How a reply of WeChat's carries the errcode: all three have been seen. */
const STYLES = {
  absent: (reply) => reply,
  zero: (reply) => ('errcode' in reply ? reply : { ...reply, errcode: 0, errmsg: 'ok' }),
  text: (reply) => ({ errmsg: 'ok', ...reply, errcode: String(reply.errcode ?? 0) }),
};

/**
 * A refusal; its text ends with the id of the request. Behind some errmsg it stands after a comma,
 * behind others after a blank.
 */
function refuse(errcode, text, before = ', ') {
  const [a, b, c] = [4, 4, 4].map((bytes) => crypto.randomBytes(bytes).toString('hex'));
  return { errcode, errmsg: `${text}${before}rid: ${a}-${b}-${c}` };
}

/**
 * The refusal for the first parameter that is missing, each given as [name, errcode, text] in the
 * order in which WeChat looks.
 */
function firstMissing(required, given) {
  const missing = required.find(([name]) => !given[name]);
  return missing && refuse(missing[1], missing[2]);
}

function send(req, res, reply) {
  if (typeof reply === 'function') {
    reply(req, res);
    return;
  }
  const { status, headers, body } = reply.raw ?? json(reply);
  res.writeHead(status ?? 200, headers);
  res.end(body);
}

/** WeChat sends JSON as text/plain. */
function json(reply) {
  return { headers: { 'Content-Type': 'text/plain' }, body: JSON.stringify(reply) };
}

module.exports = { STYLES, refuse, firstMissing, send };
