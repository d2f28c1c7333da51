'use strict';

const http = require('node:http');
const path = require('node:path');
const { createAuth } = require('../../..');
const { defer, pause, startFakeWeChat, startNode, startRedis } = require('../../support');
const { SECRET } = require('./servers/parts');

const SERVER = path.join(__dirname, 'server.js');
const MODULES = process.env.FRAMEWORKS || path.join(__dirname, '..', '..', 'node_modules');

/** A request that takes longer hangs. */
const TIMEOUT = 12000;

/** A server of a framework, in a process of its own; `hasEnded()` tells whether that crashed. */
async function startServer(name, { redis, wechat, only }) {
  const env = {
    NODE_PATH: MODULES,
    REDIS_URL: redis.url,
    WECHAT: wechat.endpoint,
    ONLY: only,
    NODE_ENV: 'development',
  };
  const node = startNode(SERVER, { env, args: [name], timeout: 280000, nodeArgs: ['--no-warnings'] });
  const port = await Promise.race([
    new Promise((resolve) => {
      node.child.stdout.on('data', (text) => /port \d+/.test(text) && resolve(Number(/\d+/.exec(text)[0])));
    }),
    node.exit.then(({ stderr }) => {
      throw new Error(`${name} did not start: ${stderr}`);
    }),
  ]);
  return {
    ask: (method, target, given) => ask(port, method, target, given),
    inPieces: (target, text) =>
      ask(port, 'POST', target, {
        headers: { 'Content-Type': 'application/json', 'Content-Length': text.length },
        pieces: text.match(/.{1,20}/gs),
      }),
    breakOff: (target) => breakOff(port, target),
    withoutEnd: (target) => withoutEnd(port, target),
    hasEnded: () => node.child.exitCode !== null || node.child.signalCode !== null,
    exit: node.exit,
  };
}

/**
 * What a server answers: `{ status, headers, text, json }`. `token` becomes a header, in UTF-8;
 * `json` a body that says so. Rejects where there is no answer.
 */
function ask(port, method, target, { token, headers = {}, json, body, pieces = [] } = {}) {
  const given = { ...headers };
  if (token !== undefined) given.Authorization = `Bearer ${Buffer.from(token).toString('latin1')}`;
  if (json !== undefined) given['Content-Type'] = 'application/json';
  const sent = json === undefined ? body : JSON.stringify(json);
  const bytes = typeof sent === 'string' ? Buffer.from(sent) : sent; // Node would send headers as UTF-8 with a text
  if (bytes && !given['Transfer-Encoding']) given['Content-Length'] = bytes.length;
  return new Promise((resolve, reject) => {
    const request = http.request({ port, host: '127.0.0.1', method, path: target, headers: given, agent: false });
    request.setTimeout(TIMEOUT, () => request.destroy(new Error(`${method} ${target} hangs`)));
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode, headers: response.headers, text, json: parsed(text) });
      });
    });
    sendAll(request, pieces).then(() => request.end(bytes));
  });
}

async function sendAll(request, pieces) {
  for (const piece of pieces) {
    request.write(piece);
    await pause(10);
  }
}

/** Sends half a body and goes away. */
function breakOff(port, target) {
  const headers = { 'Content-Type': 'application/json', 'Content-Length': 100 };
  return new Promise((resolve) => {
    const request = http.request({ port, host: '127.0.0.1', method: 'POST', path: target, headers, agent: false });
    request.on('error', () => {}).on('close', resolve);
    request.write('{"code":');
    setTimeout(() => request.destroy(), 100);
  });
}

/** The status of the answer to a body that does not end. */
function withoutEnd(port, target) {
  const headers = { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' };
  return new Promise((resolve, reject) => {
    const request = http.request({ port, host: '127.0.0.1', method: 'POST', path: target, headers, agent: false });
    request.setTimeout(TIMEOUT, () => request.destroy(new Error(`${target} hangs`)));
    request.on('error', reject);
    request.on('response', (response) => {
      resolve(response.statusCode);
      request.on('error', () => {}).destroy();
    });
    for (let i = 0; i < 30; i += 1) request.write(Buffer.alloc(50000, ' '));
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (_) {
    return undefined;
  }
}

function makeAuth({ redis, wechat }, given) {
  const auth = createAuth({
    appId: 'wx0123456789abcdef',
    secret: 'app-secret-0123456789abcdef',
    sku: 'shop',
    tokens: redis.url,
    wechat: { endpoint: wechat.endpoint },
    ...given,
  });
  defer(() => auth.close());
  return auth;
}

/** One redis and one WeChat for a file of tests, and an auth object there beside the servers'. */
function setting() {
  const here = {};
  beforeAll(async () => {
    here.redis = await startRedis();
    here.wechat = await startFakeWeChat();
    here.auth = makeAuth(here);
    here.tokens = await tokens(here);
  });
  return here;
}

/** Tokens that let nobody in, by what is wrong with them; undefined for none at all. */
async function tokens(here) {
  const { token: revoked } = await here.auth.sessions.issue('o-revoked');
  await here.auth.sessions.revoke(revoked);
  const brief = makeAuth(here, { ttl: 1 });
  const { token: ended } = await brief.sessions.issue('o-ended');
  const other = makeAuth(here, { sku: 'other' });
  const { token: foreign } = await other.sessions.issue('o-foreign');
  await new Promise((resolve) => setTimeout(resolve, 1100));
  return {
    'no token': undefined,
    garbage: 'garbage',
    'an empty one': '',
    'one that ended': ended,
    'one that was revoked': revoked,
    "another sku's": foreign,
    'an id with spaces': `o 1|shop|${'0'.repeat(64)}`,
    'an id in Chinese': `用户|shop|${'0'.repeat(64)}`,
    undefined: 'undefined',
    'a long one': `${'x'.repeat(6000)}|shop|${'0'.repeat(64)}`,
  };
}

const INVALID = [
  'no token',
  'garbage',
  'an empty one',
  'one that ended',
  'one that was revoked',
  "another sku's",
  'an id with spaces',
  'an id in Chinese',
  'undefined',
  'a long one',
];

module.exports = { INVALID, MODULES, SECRET, TIMEOUT, ask, makeAuth, setting, startServer };
