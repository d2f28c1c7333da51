'use strict';

// examples/express-1.3.2, over a redis and a user table that 1.3.2 has filled.

const { once } = require('node:events');
const http = require('node:http');
const net = require('node:net');
const path = require('node:path');
const {
  createUserTable,
  dbAll,
  dbRun,
  openSqlite,
  sample,
  startNode,
  until,
  writeLegacyToken,
} = require('../../../support');
const { application, startWorld } = require('./world');

const TTL = 259200;
const DATABASE = path.join(application, 'app.db');

let world;
let app;
let url;
let old;
let current;

beforeAll(async () => {
  world = await startWorld();
  const db = await openSqlite(DATABASE);
  await createUserTable(db);
  await dbRun(db, 'INSERT INTO user (openId) VALUES (?)', ['old-user']);
  await dbRun(db, 'CREATE TABLE note (id INTEGER PRIMARY KEY, openId TEXT NOT NULL, text TEXT NOT NULL)');
  await dbRun(db, 'INSERT INTO note (openId, text) VALUES (?, ?)', ['old-user', 'written before']);
  old = await writeLegacyToken(world.redis, 'old-user', 'shop');
  const env = { ...world.env, APP_ID: sample.appId, APP_SECRET: 'secret', DATABASE, PORT: '0' };
  app = startNode(path.join(application, 'app.js'), { env, cwd: application, timeout: 60000 });
  let stdout = '';
  app.child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  await app.line('listening on');
  url = `http://127.0.0.1:${stdout.match(/listening on (\d+)/)[1]}`;
});

async function ask(method, where, { token, body } = {}) {
  const headers = { 'Content-Type': 'application/json', ...(token && { token }) };
  const reply = await fetch(url + where, { method, headers, body: JSON.stringify(body) });
  const text = await reply.text();
  return { status: reply.status, data: text && JSON.parse(text) };
}

test('a token of 1.3.2 opens what is its own', async () => {
  expect(await ask('GET', '/notes', { token: old })).toEqual({ status: 200, data: ['written before'] });
  expect(await ask('GET', '/notes', { token: `${old.slice(0, -1)}z` })).toEqual({ status: 401, data: '' });
});

test('a login gives the token that 1.3.2 issued', async () => {
  const { code, encryptedData, iv } = world.wechat.user({ openId: 'old-user' });
  const { status, data } = await ask('POST', '/login', { body: { code, encryptedData, iv } });
  expect({ status, data }).toEqual({
    status: 200,
    data: { status_code: 1, status_message: 'OK', response: old },
  });
});

test('a refresh ends it, and the new one is kept as 1.3.2 keeps them', async () => {
  const { data } = await ask('POST', '/refresh', { token: old });
  expect((await ask('GET', '/notes', { token: old })).status).toBe(401);
  expect((await ask('GET', '/notes', { token: data.response })).data).toEqual(['written before']);
  expect(await world.redis.hget(data.response, 'ctime')).toMatch(/^\d{13}$/);
  const ttl = await world.redis.ttl(data.response);
  expect(ttl > TTL - 60 && ttl <= TTL).toBe(true);
});

test('a new user gets a row, and works beside the queries of the application', async () => {
  const { code, encryptedData, iv } = world.wechat.user({ openId: 'new-user' });
  const login = ask('POST', '/login', { body: { code, encryptedData, iv } });
  current = (await login).data.response;
  const token = current;
  const texts = Array.from({ length: 20 }, (_, i) => `note ${i}`);
  const written = await Promise.all(texts.map((text) => ask('POST', '/notes', { token, body: { text } })));
  expect(new Set(written.map(({ status }) => status))).toEqual(new Set([201]));
  expect((await ask('GET', '/notes', { token })).data.sort()).toEqual(texts.sort());
});

/** Whether the application takes another connection. */
function isListening() {
  return new Promise((resolve) => {
    const socket = net.connect(new URL(url).port, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

test('SIGINT lets it answer what has been asked, and ends it; the database is whole', async () => {
  const body = JSON.stringify({ text: 'the last' });
  const headers = {
    token: current,
    'Content-Type': 'application/json',
    'Content-Length': body.length,
    Expect: '100-continue',
  };
  const asked = http.request(`${url}/notes`, { method: 'POST', headers });
  const reply = once(asked, 'response');
  asked.flushHeaders();
  await once(asked, 'continue');
  app.child.kill('SIGINT');
  await until(async () => !(await isListening()));
  asked.end(body);
  expect((await reply)[0].resume().statusCode).toBe(201);
  expect(await app.exit).toMatchObject({ code: 0, stderr: '' });
  const db = await openSqlite(DATABASE);
  expect(await dbAll(db, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  expect((await dbAll(db, 'SELECT openId FROM user ORDER BY openId')).map(({ openId }) => openId)).toEqual([
    'new-user',
    'old-user',
  ]);
  expect(await dbAll(db, 'SELECT text FROM note WHERE id = (SELECT MAX(id) FROM note)')).toEqual([
    { text: 'the last' },
  ]);
});
