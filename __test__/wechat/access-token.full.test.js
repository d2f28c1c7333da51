'use strict';

const path = require('node:path');
const { atOnce, rejection, seen, startRedis, tempDir, until, within } = require('../support');
const { NUMBER, STABLE_TOKEN, ownWeChat, phoneProcess } = require('./support');

const here = ownWeChat();

const STORES = {
  redis: async () => (await startRedis()).url,
  file: async () => ({ file: path.join(tempDir(), 'tokens.db') }),
};

test.each(Object.keys(STORES))(
  'a process that dies while it renews the access token (%s) holds the others up for a while, and no longer',
  async (name) => {
    const tokens = await STORES[name]();
    let seen;
    const asked = new Promise((resolve) => {
      seen = resolve;
    });
    here.wechat.interrupt(STABLE_TOKEN, () => seen());
    const dying = await phoneProcess(here.wechat, tokens, 1);
    dying.go();
    await asked;
    dying.kill();
    const others = [1, 2].map(() => here.open({ tokens }).wechat.getPhoneNumber(here.wechat.phone()));
    expect(await within(25000, Promise.all(others))).toStrictEqual([NUMBER, NUMBER]);
    expect(here.count(STABLE_TOKEN)).toBe(2);
  },
);

test.each(Object.keys(STORES))(
  'a process that waits for WeChat for long (%s) keeps the others from asking, which give up in time',
  async (name) => {
    const tokens = await STORES[name]();
    const open = () => here.open({ tokens, options: { wechat: { timeout: 27000 } } });
    const [first, second] = [open(), open()];
    here.wechat.interrupt(STABLE_TOKEN, () => {});
    const slow = rejection(first.wechat.getPhoneNumber(here.wechat.phone()));
    await until(() => here.count(STABLE_TOKEN) === 1);
    const others = await within(
      23000,
      atOnce(50, () => rejection(second.wechat.getPhoneNumber(here.wechat.phone()))),
    );
    for (const error of others) {
      expect(seen(error)).toEqual({
        code: 6008,
        retryable: true,
        message: expect.stringContaining('another process'),
      });
    }
    expect(await slow).toMatchObject({ code: 6008, retryable: false });
    expect(here.count(STABLE_TOKEN)).toBe(1);
    expect(await second.wechat.getPhoneNumber(here.wechat.phone())).toStrictEqual(NUMBER);
    expect(here.count(STABLE_TOKEN)).toBe(2);
  },
  60000,
);

test('200 calls while WeChat is silent, with the defaults, ask for the access token once', async () => {
  const app = here.open({ tokens: (await startRedis()).url });
  here.wechat.interrupt(STABLE_TOKEN, ...Array(200).fill(() => {}));
  const errors = await within(
    15000,
    atOnce(200, () => rejection(app.wechat.getPhoneNumber(here.wechat.phone()))),
  );
  for (const error of errors) expect(error).toMatchObject({ code: 6008 });
  expect(here.count(STABLE_TOKEN)).toBe(1);
});
