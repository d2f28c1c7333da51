'use strict';

const path = require('node:path');
const { startRedis, tempDir, within } = require('../support');
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
