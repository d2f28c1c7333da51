'use strict';

const { atOnce, createApp, everybody, rejection, seen, within } = require('../../support');
const { gate, strictWeChat } = require('./support');

const here = strictWeChat();

/**
 * Lets WeChat hold its answers to a code back until `release()`; `asked` resolves when the first
 * request is there.
 */
function hold(code, reply) {
  const [asked, released] = [gate(), gate()];
  here.wechat.answer(code, async (_req, res) => {
    asked.open();
    await released.opened;
    res.end(JSON.stringify(reply));
  });
  return { asked: asked.opened, release: released.open };
}

const SESSION = (sessionKey) => ({ openid: 'o1', session_key: sessionKey });

test('20 logins with one code at once are one request', async () => {
  const app = here.open();
  const { code, sessionKey } = here.wechat.user({ openId: 'o1' });
  const { asked, release } = hold(code, SESSION(sessionKey));
  const pending = atOnce(20, () => app.login(code));
  await asked;
  release();
  const tokens = (await pending).map(({ token }) => token);
  expect(new Set(tokens).size).toBe(1);
  expect(here.requests(code)).toBe(1);
});

test('also where WeChat answers at once', async () => {
  const app = here.open();
  const code = here.code();
  expect(new Set((await atOnce(20, () => app.login(code))).map(({ token }) => token)).size).toBe(1);
  expect(here.requests(code)).toBe(1);
});

test('a login and an authorize with one code at once are one request', async () => {
  const app = here.open();
  const { code, encryptedData, iv, sessionKey } = here.wechat.user({ openId: 'o1' });
  const { asked, release } = hold(code, SESSION(sessionKey));
  const pending = Promise.all([app.authorize(code, encryptedData, iv), app.login(code), app.login(code)]);
  await asked;
  release();
  const [first, ...others] = await pending;
  expect(others.map(({ token }) => token)).toEqual([first.response, first.response]);
  expect(here.requests(code)).toBe(1);
});

test('one that joins while WeChat is asked shares the answer', async () => {
  const app = here.open();
  const { code, sessionKey } = here.wechat.user({ openId: 'o1' });
  const { asked, release } = hold(code, SESSION(sessionKey));
  const first = app.login(code);
  await asked;
  const second = app.login(code);
  setImmediate(release);
  expect((await second).token).toBe((await first).token);
  expect(here.requests(code)).toBe(1);
});

test('a refusal is shared', async () => {
  const app = here.open();
  const code = here.code();
  const errmsg = 'invalid code, rid: 61-ab';
  const { asked, release } = hold(code, { errcode: 40029, errmsg });
  const pending = atOnce(20, () => rejection(app.login(code)));
  await asked;
  release();
  const said = { code: 6008, message: expect.any(String), errcode: 40029, errmsg, rid: '61-ab', retryable: false };
  expect((await pending).map(seen)).toStrictEqual(Array(20).fill(said));
  expect(here.requests(code)).toBe(1);
});

test('no answer in time is shared, and no second request is made for it', async () => {
  const app = here.open({ options: { wechat: { timeout: 400 } } });
  const code = here.code();
  here.wechat.answer(code, () => {});
  const reasons = await within(
    15000,
    atOnce(20, () => rejection(app.login(code))),
  );
  for (const reason of reasons) expect(reason).toMatchObject({ code: 6008, retryable: false });
  expect(here.requests(code)).toBe(1);
});

test('a later login asks again', async () => {
  const app = here.open();
  const code = here.code();
  await app.login(code);
  expect(await rejection(app.login(code))).toMatchObject({ errcode: 40163 });
  expect(here.requests(code)).toBe(2);
});

test('a later login asks again where one failed', async () => {
  const app = here.open();
  const code = here.code();
  here.wechat.interrupt('/sns/jscode2session', { errcode: -1 });
  expect(await rejection(app.login(code))).toMatchObject({ errcode: -1 });
  expect((await app.login(code)).token).toMatch(/^o1\|/);
  expect(here.requests(code)).toBe(2);
});

test('other codes are other requests', async () => {
  const app = here.open();
  const codes = Array.from({ length: 20 }, (_, i) => here.code(`o${i}`));
  const answers = await Promise.all(codes.map((code) => app.login(code)));
  expect(answers.map(({ token }) => app.extractOpenId(token))).toEqual(codes.map((_, i) => `o${i}`));
  expect(codes.map((code) => here.requests(code))).toEqual(codes.map(() => 1));
});

test('a function in place of WeChat is called once', async () => {
  const calls = [];
  const released = gate();
  const exchange = async (code) => {
    calls.push(code);
    await released.opened;
    return { openid: 'o1', session_key: 'k' };
  };
  const app = createApp({ db: everybody(), options: { wechat: { exchange } } });
  const pending = atOnce(20, (i) => app.login(`code-${i % 2}`));
  released.open();
  await pending;
  expect(calls.sort()).toEqual(['code-0', 'code-1']);
  await app.login('code-0');
  expect(calls).toHaveLength(3);
});
