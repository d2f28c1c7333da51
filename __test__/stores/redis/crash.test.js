'use strict';

const path = require('node:path');
const { atOnce, isValid, login, pause, refresh, setting, startNode } = require('../../support');
const { indexKey, markerKey, records, timesToLive, SKUS_KEY } = require('./support');

const USERS = ['o1', 'o2', 'o3', 'o4'];

describe('what stands in redis', () => {
  const here = setting();

  /**
   * No key without an end but the marker and the skus; at most one token a user, listed, and the
   * one that the next login gives.
   */
  async function expectOrder() {
    const endless = [...(await timesToLive(here.redis))].filter(([, seconds]) => seconds === -1).map(([key]) => key);
    expect(endless.filter((key) => ![markerKey(), SKUS_KEY].includes(key))).toEqual([]);
    const app = here.open();
    for (const user of USERS) {
      const found = await records(here.redis, user);
      expect(found.length).toBeLessThanOrEqual(1);
      for (const token of found) expect(await isValid(app, token)).toBe(true);
      expect(await here.redis.zrange(indexKey(user), 0, -1)).toEqual(found);
      const token = await login(app, here.wechat, user);
      if (found.length > 0) expect(token).toBe(found[0]);
    }
  }

  test('has an end, after any number of logins and refreshes', async () => {
    const app = here.open();
    await atOnce(200, (i) => (i % 3 ? login(app, here.wechat, USERS[i % 4]) : refresh(app, USERS[i % 4])));
    for (const user of USERS) expect(await records(here.redis, user)).toHaveLength(1);
    await expectOrder();
  });

  test('is in order wherever a process dies', async () => {
    for (const moment of [1, 5, 20, 60, 150]) {
      const config = { redis: { url: here.server.url }, endpoint: here.wechat.endpoint, users: USERS };
      const calls = USERS.map((openId) => here.wechat.user({ openId }));
      const busy = startNode(path.join(__dirname, 'busy.js'), { args: [JSON.stringify({ ...config, calls })] });
      await busy.line('.'.repeat(moment));
      busy.child.kill('SIGKILL');
      expect(await busy.exit).toMatchObject({ signal: 'SIGKILL' });
      await expectOrder();
    }
  });

  test('is in order when connections die again and again', async () => {
    const app = here.open();
    let over = false;
    let cuts = 0;
    const cutting = (async () => {
      while (!over) {
        cuts += await here.redis.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        await pause(15);
      }
    })();
    let answered = 0;
    await atOnce(8, async (lane) => {
      for (let i = 0; i < 25 || cuts < 10; i += 1) {
        const user = USERS[(lane + i) % 4];
        const call = i % 2 ? refresh(app, user) : login(app, here.wechat, user);
        await call.then(
          () => {
            answered += 1;
          },
          (error) => expect(error).toMatchObject({ code: 6000 }),
        );
      }
    });
    over = true;
    await cutting;
    expect(answered).toBeGreaterThan(0);
    await expectOrder();
  });
});
