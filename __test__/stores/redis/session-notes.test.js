'use strict';

// What rotations leave in redis: one note for each session, whatever a client does.

const { createApp, everybody, issue, isValid, listed, refresh, rejection, rotate, setting } = require('../../support');
const { indexKey, noteKey, sinceKey, taggedKeys } = require('./support');

const NOT_LIVE = { code: 6007 };

describe.each(['compatible', 'tagged'])('a session that is rotated 300 times (layout %s)', (layout) => {
  const here = setting();
  const index = () => (layout === 'tagged' ? taggedKeys('o1').index : indexKey('o1'));

  test.each([0, 1, 3600])('leaves one note of bounded size, with a grace of %d s', async (grace) => {
    const app = here.open({ tokens: { url: here.server.url, layout } });
    const tokens = [await issue(app, 'o1')];
    const sizes = [];
    let keys = 0;
    for (let i = 0; i < 300; i += 1) {
      tokens.push(await rotate(app, tokens[i], { grace }));
      if (i === 20) keys = (await here.redis.keys('*')).length;
      sizes.push(await here.redis.memory('USAGE', noteKey(tokens[0], index())));
    }
    expect(new Set(tokens.map((token) => token.slice(0, -32))).size).toBe(1); // the session's part is kept
    expect(new Set(tokens).size).toBe(301);
    expect((await here.redis.keys('*')).length).toBe(keys);
    expect(Math.max(...sizes.slice(20))).toBeLessThanOrEqual(sizes[20] * 1.1);
    expect(await listed(app, 'o1')).toEqual([tokens[300]]);
  });

  test.each([0, 150, 298])('knows token number %d again, which ends it', async (number) => {
    const app = here.open({ tokens: { url: here.server.url, layout } });
    const tokens = [await issue(app, 'o1')];
    for (let i = 0; i < 299; i += 1) tokens.push(await rotate(app, tokens[i], { grace: 0 }));
    expect(await isValid(app, tokens[299])).toBe(true);
    expect(await isValid(app, tokens[number])).toBe(false);
    expect(await isValid(app, tokens[299])).toBe(false);
    expect(await rejection(app.sessions.rotate(tokens[299]))).toMatchObject(NOT_LIVE);
    expect(await here.redis.hget(noteKey(tokens[0], index()), 'e')).toBe('reused');
  });

  test('has the 16 newest of the tokens that it has replaced in their grace', async () => {
    const app = here.open({ tokens: { url: here.server.url, layout } });
    const tokens = [await issue(app, 'o1')];
    for (let i = 0; i < 30; i += 1) tokens.push(await rotate(app, tokens[i], { grace: 3600 }));
    for (const token of tokens.slice(-17)) expect(await isValid(app, token)).toBe(true);
    for (const token of tokens.slice(-17)) expect(await rotate(app, token.slice(), { grace: 3600 })).toBeTruthy();
  });
});

describe('the index', () => {
  const here = setting();

  test('lives as long as the newest of the tokens that it lists', async () => {
    const app = here.open({ options: { sessions: { mode: 'each' } } });
    const old = await issue(app, 'o1');
    for (const change of [() => issue(app, 'o1'), () => rotate(app, old)]) {
      await here.redis.pexpire(indexKey('o1'), 5000);
      const left = await here.redis.pttl(await change());
      expect(await here.redis.pttl(indexKey('o1'))).toBeGreaterThan(left - 1000);
    }
  });
});

describe('a session that ended', () => {
  const here = setting();

  test.each(['compatible', 'tagged'])('is no longer in the index (layout %s)', async (layout) => {
    const options = { sessions: { mode: 'each', max: 2 } };
    const app = here.open({ tokens: { url: here.server.url, layout }, options });
    const index = layout === 'tagged' ? taggedKeys('o1').index : indexKey('o1');
    const inIndex = () => here.redis.zcard(index);
    for (let i = 0; i < 3; i += 1) await issue(app, 'o1');
    expect(await inIndex()).toBe(2); // one gave way
    const [older, newest] = await listed(app, 'o1');
    await app.sessions.revoke(older);
    expect(await inIndex()).toBe(1);
    const token = await issue(app, 'o1', { replace: newest });
    expect(await inIndex()).toBe(1);
    await rotate(app, token, { grace: 0 });
    expect(await isValid(app, token)).toBe(false); // it was rotated away, and so its session ends
    expect(await inIndex()).toBe(0);
  });
});

describe('times of issue', () => {
  const here = setting();

  test('rise strictly, though the clock was set back', async () => {
    const app = here.open({ options: { sessions: { mode: 'each' } } });
    await here.redis.zadd(indexKey('o1'), Date.now() + 3600000, await issue(app, 'o1'));
    const tokens = [await issue(app, 'o1'), await issue(app, 'o1')];
    tokens.push(await rotate(app, tokens[1]));
    const listed = await here.redis.zrange(indexKey('o1'), 0, -1, 'WITHSCORES');
    const scores = listed.filter((_, i) => i % 2 === 1);
    expect(new Set(scores).size).toBe(scores.length);
    expect(listed.at(-2)).toBe(tokens[2]);
  });

  test('are after the end of all sessions before, though the clock was set back', async () => {
    const app = here.open();
    await here.redis.set(sinceKey('o1'), Date.now() + 3600000);
    const token = await rotate(app, await issue(app, 'o1'));
    expect(await listed(app, 'o1')).toEqual([token]);
  });
});

describe('the two layouts in one redis', () => {
  const here = setting();
  const open = (layout) =>
    createApp({ redis: here.server, wechat: here.wechat, db: everybody(), tokens: { url: here.server.url, layout } });

  test.each([
    ['refreshToken', (app) => refresh(app, 'o1')],
    ['revokeUser', (app) => app.sessions.revokeUser('o1')],
  ])('%s ends the tokens of its layout, whatever the other has issued since', async (_name, end) => {
    for (const [one, other] of [
      ['compatible', 'tagged'],
      ['tagged', 'compatible'],
    ]) {
      await here.redis.flushall();
      const [app, neighbour] = [open(one), open(other)];
      const token = await issue(app, 'o1');
      const theirs = await issue(neighbour, 'o1');
      await end(app);
      expect(await isValid(app, token)).toBe(false);
      expect(await isValid(neighbour, theirs)).toBe(true);
      await end(neighbour);
      expect(await isValid(neighbour, theirs)).toBe(false);
    }
  });
});
