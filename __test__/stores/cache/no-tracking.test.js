'use strict';

const path = require('node:path');
const { createApp, everybody, issue, isValid, liveOf, newUser, startRedis, tempDir } = require('../../support');
const { LONG, cached, readingsDuring } = require('./support');

const open = (tokens) => createApp({ tokens, db: everybody(), options: { cache: LONG } });
const tokensOf = async (app) => (await app.health()).tokens;
const warning = (cause) => [expect.stringMatching(new RegExp(`^options\\.cache has no effect.*${cause}`))];

/** Everything but the cache works. */
async function expectTokensWork(app) {
  const [one, two] = [await issue(app, newUser()), await issue(app, newUser())];
  expect(await liveOf(app, [one, two])).toEqual([one, two]);
  await app.sessions.revoke(one);
  expect(await liveOf(app, [one, two])).toEqual([two]);
  return two;
}

test.each([
  ['HELLO', 'ERR'],
  ['CLIENT', 'ERR'],
])('a redis without %s: no cache, a warning, and all the rest works', async (command, cause) => {
  const { url, redis } = await startRedis({ args: ['--rename-command', command, ''] });
  const app = open(url);
  const token = await expectTokensWork(app);
  expect(await tokensOf(app)).toMatchObject({ ready: true, warnings: warning(cause) });
  for (let i = 0; i < 3; i += 1) expect(await readingsDuring(redis, () => isValid(app, token))).toBe(1);
});

test('a user who may not track: no cache and a warning that says so; with the right there is one', async () => {
  const { port, redis } = await startRedis();
  await redis.call('ACL', 'SETUSER', 'shop', 'on', '>pass', '~*', '+@all', '-client|tracking');
  const url = `redis://shop:pass@127.0.0.1:${port}`;
  const app = open(url);
  const token = await expectTokensWork(app);
  expect(await tokensOf(app)).toMatchObject({ ready: true, warnings: warning('NOPERM.*docs/redis') });
  for (let i = 0; i < 3; i += 1) expect(await readingsDuring(redis, () => isValid(app, token))).toBe(1);

  await redis.call('ACL', 'SETUSER', 'shop', '+client|tracking');
  const allowed = open(url);
  await cached(allowed, redis, token);
  expect((await tokensOf(allowed)).warnings).toEqual([]);
});

test.each([
  ['memory', () => 'memory'],
  ['a file', () => ({ file: path.join(tempDir(), 'tokens.db') })],
])('tokens in %s: no cache, a warning, and all the rest works', async (_name, tokens) => {
  const app = open(tokens());
  await expectTokensWork(app);
  expect(await tokensOf(app)).toMatchObject({ ready: true, warnings: warning('redis') });
});
