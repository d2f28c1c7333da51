'use strict';

// More requests at once than WeChat, or this process, should be asked to bear.

const { everybody, pause, rejection, told, until, within } = require('../support');
const { ownWeChat } = require('./support');

const here = ownWeChat();

const ANY = '/any/path';
const [AT_ONCE, WAITING] = [256, 4096];

let app;
beforeEach(() => {
  const wechat = { accessToken: async () => 'token', timeout: 60000 };
  app = here.open({ db: everybody(), options: { wechat } });
});

/** WeChat answers nobody, until it is told to answer all. */
function hold(count) {
  const waiting = [];
  let isOpen = false;
  const answer = (res) => res.end('{"errcode":0}');
  here.wechat.interrupt(ANY, ...Array(count).fill((_req, res) => (isOpen ? answer(res) : waiting.push(res))));
  return {
    waiting,
    release: () => {
      isOpen = true;
      for (const res of waiting) answer(res);
    },
  };
}

const ask = (count) => Array.from({ length: count }, () => app.wechat.request(ANY));

test('256 are sent at once, the others wait for their turn, and logins and checks for none of them', async () => {
  const { waiting, release } = hold(400);
  const answers = ask(400);
  await until(() => waiting.length === AT_ONCE);
  await pause(200);
  expect(here.count(ANY)).toBe(AT_ONCE);
  const { token } = await within(10000, app.login(here.wechat.user({ openId: 'o1' }).code));
  expect(await within(10000, app.verify(token))).toMatchObject({ userId: 'o1' });
  release();
  await within(30000, Promise.all(answers));
  expect(here.count(ANY)).toBe(400);
}, 60000);

test('4,096 wait, and one more is refused at once', async () => {
  const { waiting, release } = hold(AT_ONCE + WAITING + 1);
  const answers = ask(AT_ONCE + WAITING);
  await until(() => waiting.length === AT_ONCE);
  const calls = [
    () => app.wechat.request(ANY),
    () => app.wechat.getPhoneNumber('code'),
    () => app.wechat.accessToken(),
  ];
  for (const call of calls) {
    const error = await within(10000, rejection(call()));
    expect(error).toMatchObject({ name: 'MpauthxError', code: 6008, status: 503, retryable: true });
    expect(told(error)).toMatch(/too many calls wait for WeChat/);
  }
  expect(await app.verify((await app.sessions.issue('o1')).token)).toMatchObject({ userId: 'o1' });
  release();
  await within(60000, Promise.all(answers));
  expect(await within(10000, app.wechat.request(ANY))).toEqual({ errcode: 0 });
}, 90000);

test('`close` waits for those that wait', async () => {
  const { waiting, release } = hold(300);
  const answers = ask(300);
  await until(() => waiting.length === AT_ONCE);
  let isClosed = false;
  const closed = app.close().then(() => {
    isClosed = true;
  });
  await pause(200);
  expect(isClosed).toBe(false);
  release();
  await within(30000, closed);
  expect(new Set((await Promise.all(answers)).map(({ errcode }) => errcode))).toEqual(new Set([0]));
}, 60000);
