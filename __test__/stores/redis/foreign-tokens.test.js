'use strict';

const { commandCalls, isValid, login, pause, refresh, setting, within, writeLegacyToken } = require('../../support');
const { tcpProxy } = require('../../support/tcp-proxy');
const { addForeignTokens, adopted, isAdopted } = require('./support');

const FOREIGN = 200000;
const SCAN = /\r\nscan\r\n/i;

/**
 * A proxy in front of a redis on which every SCAN takes `delay` ms, so that a walk through the keys
 * lasts; what follows on the same connection waits behind it, as in a busy server. `scans` counts
 * them.
 */
async function slowScanProxy(port, delay) {
  const counts = { scans: 0 };
  async function toServer(piece, server) {
    if (SCAN.test(piece.toString('latin1'))) {
      counts.scans += 1;
      await pause(delay);
    }
    if (!server.destroyed) server.write(piece);
  }
  const { url } = await tcpProxy(port, () => ({ toServer }));
  return Object.assign(counts, { url });
}

describe(`with ${FOREIGN} foreign tokens in redis`, () => {
  const here = setting();
  beforeEach(() => addForeignTokens(here.redis, FOREIGN));

  test('logins and refreshes after adoption call neither KEYS nor SCAN', async () => {
    const app = here.open();
    await login(app, here.wechat, 'first');
    await adopted(here.redis);
    await here.redis.config('RESETSTAT');

    for (let i = 0; i < 30; i += 1) {
      const user = `o${i % 10}`;
      const token = await login(app, here.wechat, user);
      expect(await isValid(app, token)).toBe(true);
      await refresh(app, user);
      expect(await isValid(app, token)).toBe(false);
    }
    const seen = await commandCalls(here.redis);
    expect(Object.keys(seen)).toEqual(expect.arrayContaining(['hset', 'del']));
    expect(Object.keys(seen).filter((name) => /^(keys|scan|randomkey|sort)/.test(name))).toEqual([]);
  });

  test('a second object does not look again', async () => {
    const first = here.open();
    await login(first, here.wechat, 'o1');
    await adopted(here.redis);
    await here.redis.config('RESETSTAT');

    const second = here.open();
    await login(second, here.wechat, 'o2');
    await refresh(second, 'o2');
    await second.close();
    expect(Object.keys(await commandCalls(here.redis)).filter((name) => /^(keys|scan)/.test(name))).toEqual([]);
  });

  test('logins that come while the adoption walks are answered within about a second of it', async () => {
    const slow = await slowScanProxy(here.server.port, 400);
    const app = here.open({ tokens: slow.url });
    const answers = ['o1', 'o2', 'o3', 'o1'].map((user) => login(app, here.wechat, user));
    // A second for the walk, and at most a handful of commands that each wait behind one SCAN.
    const tokens = await within(6000, Promise.all(answers), 'logins beside the walk');
    expect(slow.scans).toBeGreaterThan(0);
    expect(await isAdopted(here.redis)).toBe(false); // so the walk is still under way
    for (const token of tokens) expect(await isValid(app, token)).toBe(true);
    await within(6000, refresh(app, 'o1'), 'a refresh beside the walk');
    await within(6000, app.close(), 'close beside the walk');
  });

  test('an authorize waits for the walk no longer than sessions.issue does', async () => {
    const slow = await slowScanProxy(here.server.port, 20);
    const app = here.open({ tokens: slow.url });
    const timed = async (call) => {
      const start = performance.now();
      await call();
      return performance.now() - start;
    };
    const issue = await timed(() => app.sessions.issue('o1'));
    const authorize = await timed(() => login(app, here.wechat, 'o2'));
    expect(await isAdopted(here.redis)).toBe(false); // so both met the walk
    expect(authorize).toBeLessThan(1.5 * issue);
  });

  test('a walk that was cut off is begun again by the next object', async () => {
    const old = await writeLegacyToken(here.redis, 'o1', 'shop');
    const slow = await slowScanProxy(here.server.port, 400);
    const cut = here.open({ tokens: slow.url });
    await login(cut, here.wechat, 'o2');
    await cut.close();
    expect(await isAdopted(here.redis)).toBe(false);

    const app = here.open();
    await adopted(here.redis); // a login waits for it no longer than a second
    expect(await login(app, here.wechat, 'o1')).toBe(old);
  });
});
