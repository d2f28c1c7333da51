'use strict';

// Each server in examples/, with what its package.json names, asked as a client asks it.

const { execFile } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { promisify } = require('node:util');
const { ROOT, startFakeWeChat, startNode, tempDir } = require('../../support');
const { INSTALL_TIMEOUT } = require('../../support/postgres');
const { PRELOAD } = require('./wechat-here');

const run = promisify(execFile);

/** The folder of an example, installed and built. */
async function layOut(name) {
  const folder = tempDir();
  fs.cpSync(path.join(ROOT, 'examples', name), folder, { recursive: true });
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  delete manifest.dependencies.mpauthx;
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  await run('npm', ['install', '--no-audit', '--no-fund'], { cwd: folder });
  const own = path.join(folder, 'node_modules', 'mpauthx');
  // No link: what the adapters load is the framework of the application.
  for (const each of ['package.json', 'index.js', 'index.d.ts', 'native.js', 'lib', 'core', binary()]) {
    fs.cpSync(path.join(ROOT, each), path.join(own, each), { recursive: true });
  }
  fs.writeFileSync(path.join(folder, 'preload.js'), PRELOAD);
  if (manifest.scripts.build) await run('npm', ['run', 'build'], { cwd: folder });
  return { folder, main: manifest.main };
}

const binary = () => fs.readdirSync(ROOT).find((name) => name.endsWith('.node'));

describe.each(['express', 'koa', 'fastify', 'nest', 'hono'])('examples/%s', (name) => {
  let example;
  let wechat;
  let app;
  let url;
  beforeAll(async () => {
    example = await layOut(name);
  }, INSTALL_TIMEOUT);

  beforeEach(async () => {
    const { folder, main } = example;
    wechat = await startFakeWeChat({ strict: true });
    const env = { WECHAT: wechat.endpoint, APP_ID: 'wx1', APP_SECRET: 'secret', PORT: '0' };
    const nodeArgs = ['-r', './preload.js'];
    fs.rmSync(path.join(folder, 'tokens.db'), { force: true });
    app = startNode(path.join(folder, main), { env, cwd: folder, nodeArgs, timeout: 60000 });
    let stdout = '';
    app.child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    await app.line('listening on');
    url = `http://127.0.0.1:${stdout.match(/listening on (\d+)/)[1]}`;
  });

  async function ask(method, where, { token, body } = {}) {
    const headers = { ...(body && { 'Content-Type': 'application/json' }) };
    if (token) headers.Authorization = `Bearer ${token}`;
    const reply = await fetch(url + where, { method, headers, body: body && JSON.stringify(body) });
    const text = await reply.text();
    return { status: reply.status, data: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text };
  }

  const login = async (openId) =>
    (await ask('POST', '/auth/login', { body: { code: wechat.user({ openId }).code } })).data.token;

  const note = (token, text) =>
    name === 'koa' ? ask('PUT', `/notes/${text}`, { token }) : ask('POST', '/notes', { token, body: { text } });

  test('everybody sees his own notes, and strangers none', async () => {
    for (const token of [undefined, 'nonsense']) {
      expect((await ask('GET', '/notes', { token })).status).toBe(401);
      expect((await note(token, 'milk')).status).toBe(401);
    }
    const [first, second] = [await login('o1'), await login('o2')];
    expect((await note(first, 'milk')).status).toBe(201);
    expect(await ask('GET', '/notes', { token: first })).toEqual({ status: 200, data: ['milk'] });
    expect(await ask('GET', '/notes', { token: second })).toEqual({ status: 200, data: [] });
  });

  test('a client renews, ends its other devices, and logs out', async () => {
    const [first, second] = [await login('o1'), await login('o1')];
    const { token } = (await ask('POST', '/auth/renew', { token: first })).data;
    expect((await ask('GET', '/auth/sessions', { token })).data.sessions).toHaveLength(2);
    expect((await ask('DELETE', '/auth/sessions', { token })).status).toBe(204);
    expect((await ask('GET', '/notes', { token: second })).status).toBe(401);
    expect((await ask('POST', '/auth/logout', { token })).status).toBe(204);
    expect((await ask('GET', '/notes', { token })).status).toBe(401);
  });

  test('a code that WeChat does not know is 400', async () => {
    expect((await ask('POST', '/auth/login', { body: { code: 'nonsense' } })).status).toBe(400);
  });

  test.each(['SIGTERM', 'SIGINT'])('%s ends it', async (signal) => {
    await login('o1');
    app.child.kill(signal);
    // Nest ends itself by the signal when all is closed.
    const end = name === 'nest' ? { code: null, signal } : { code: 0, signal: null };
    expect(await app.exit).toMatchObject({ ...end, stderr: '' });
  });
});
