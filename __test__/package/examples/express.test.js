'use strict';

// examples/express and examples/miniprogram, as they are, over a real redis.

const fs = require('node:fs');
const path = require('node:path');
const { atOnce, ROOT, startFakeWeChat, startNode, startRedis, tempDir } = require('../../support');
const { PRELOAD } = require('./wechat-here');
const { launch, wxDouble } = require('./wx');

/** What the example needs besides, and this test does not. */
const PASSING = 'module.exports = () => (req, res, next) => next(); module.exports.rateLimit = module.exports;';

let redis;
let wechat;
let app;
let url;
let wx;

beforeEach(async () => {
  redis = await startRedis();
  wechat = await startFakeWeChat({ strict: true });
  const folder = layOut();
  const env = { WECHAT: wechat.endpoint, APP_ID: 'wx1', APP_SECRET: 'secret', TOKENS: redis.url, PORT: '0' };
  app = startNode(path.join(folder, 'app.js'), { env, cwd: folder, nodeArgs: ['-r', './preload.js'], timeout: 60000 });
  let stdout = '';
  app.child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  await app.line('listening on');
  url = `http://127.0.0.1:${stdout.match(/listening on (\d+)/)[1]}`;
  wx = wxDouble(() => wechat.user({ openId: 'o1' }).code);
});

/** The example in a folder of its own, with what it needs. */
function layOut() {
  const folder = tempDir();
  const modules = path.join(folder, 'node_modules');
  fs.mkdirSync(modules);
  fs.copyFileSync(path.join(ROOT, 'examples/express/app.js'), path.join(folder, 'app.js'));
  fs.writeFileSync(path.join(folder, 'preload.js'), PRELOAD);
  fs.symlinkSync(ROOT, path.join(modules, 'mpauthx'));
  fs.symlinkSync(path.dirname(require.resolve('express/package.json')), path.join(modules, 'express'));
  for (const name of ['cors', 'express-rate-limit']) fs.writeFileSync(path.join(modules, `${name}.js`), PASSING);
  return folder;
}

const start = () => launch(wx, `${url}/auth`);
const notes = (client, options) => client.request({ url: `${url}/notes`, ...options });
const pathsSince = (count) => wx.sent.slice(count).map((each) => each.path);

test('a mini-program logs in, comes back, logs out, and finds its notes', async () => {
  const first = start();
  expect(await notes(first, { method: 'POST', data: { text: '牛奶' } })).toMatchObject({ statusCode: 201 });
  expect(await notes(first)).toMatchObject({ statusCode: 200, data: ['牛奶'] });
  const token = wx.getStorageSync('mpauthx-token');

  const sent = wx.sent.length;
  const second = start();
  expect(await notes(second)).toMatchObject({ data: ['牛奶'] });
  expect(pathsSince(sent)).toEqual(['/auth/renew', '/notes']);
  expect(wx.getStorageSync('mpauthx-token')).not.toBe(token);

  await second.logout();
  expect(await notes(second)).toMatchObject({ data: ['牛奶'] });
  expect(wx.logins).toBe(2);
});

test('20 requests of a user whose sessions were ended are one login', async () => {
  const client = start();
  await notes(client);
  const token = wx.getStorageSync('mpauthx-token');
  const ended = await fetch(`${url}/auth/logout`, { method: 'POST', headers: { Authorization: `Bearer ${token}` } });
  expect(ended.status).toBe(204);
  const replies = await atOnce(20, () => notes(client));
  expect(replies.map(({ statusCode }) => statusCode)).toEqual(Array(20).fill(200));
  expect(wx.refused).toBe(20);
  expect(wx.logins).toBe(2);
});

test('redis away is a 503 that is waited for, and no login', async () => {
  const client = start();
  await notes(client);
  await redis.stop();
  expect((await fetch(`${url}/ready`)).status).toBe(503);
  expect(await notes(client)).toMatchObject({ statusCode: 503, data: { error: { code: 6000 } } });
  expect(wx.waits).toHaveLength(3);
  expect(wx.logins).toBe(1);
  expect(wx.getStorageSync('mpauthx-token')).not.toBe('');
}, 60000);

test.each(['SIGTERM', 'SIGINT'])('%s ends it', async (signal) => {
  await notes(start());
  app.child.kill(signal);
  expect(await app.exit).toMatchObject({ code: 0, stderr: '' });
});
