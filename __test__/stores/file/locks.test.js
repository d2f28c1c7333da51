'use strict';

// Other processes hold locks on the file of tokens: writers wait, in vain after a while; reads
// never wait for a writer that the database itself lets them read beside.

const { issue, isValid, login, pause, rejection, within } = require('../../support');
const { lockedElsewhere, userFile } = require('../../users/support');
const { writerElsewhere } = require('./writer');
const { fileSetting } = require('./support');

const here = fileSetting();
const ask = (app) => login(app, here.wechat, 'o1');

describe('tokens in a file', () => {
  test("another process's lock of half a second is waited for", async () => {
    const file = await userFile();
    const app = here.open({ file });
    const token = await ask(app);
    const lock = await lockedElsewhere(file);
    let released = false;
    const calls = [() => ask(app), () => login(app, here.wechat, 'o2'), () => isValid(app, token)].map(async (call) => {
      await call();
      return released;
    });
    const freed = pause(500).then(() => {
      released = true;
      return lock.release();
    });
    expect(await within(15000, Promise.all(calls))).toEqual([true, true, true]);
    await freed;
  });

  test("another process's lock that lasts is 6000, and then all is well", async () => {
    const file = await userFile();
    const app = here.open({ file });
    const token = await ask(app);
    const lock = await lockedElsewhere(file);
    const locked = { code: 6000, message: expect.stringMatching(/^Error: SQLITE_BUSY: database is locked/) };
    expect(await within(15000, rejection(app.isTokenValid(token)))).toMatchObject(locked);
    // Many wait no longer than one.
    const checks = Array.from({ length: 20 }, () => rejection(app.isTokenValid(token)));
    for (const error of await within(15000, Promise.all(checks))) expect(error).toMatchObject(locked);
    await lock.release();
    expect(await ask(app)).toBe(token);
  });

  test('with a write-ahead log are checked while another process writes', async () => {
    const file = await userFile({ journal: 'WAL' });
    const app = here.open({ file });
    const token = await ask(app);
    const lock = await lockedElsewhere(file);
    expect(await isValid(app, token)).toBe(true);
    expect(await ask(app)).toBe(token);
    await lock.release();
  });

  test('with a write-ahead log are checked while a login waits for another process', async () => {
    const file = await userFile({ journal: 'WAL' });
    const app = here.open({ file });
    const token = await ask(app);
    await app.sessions.inspect(token); // makes the key of the ids, once for all
    const lock = await lockedElsewhere(file);
    let waits = true;
    const waiting = login(app, here.wechat, 'o2').then(() => {
      waits = false;
    });
    await pause(50); // the login has come to the lock
    for (let i = 0; i < 5; i += 1) {
      expect(await isValid(app, token)).toBe(true);
      expect(await app.sessions.inspect(token)).not.toBeNull();
      expect(waits).toBe(true);
    }
    await lock.release();
    await within(15000, waiting, 'the login');
  });

  test('with a write-ahead log, users in the file are looked up while a login waits', async () => {
    const file = await userFile({ journal: 'WAL' });
    const app = here.open({ file, db: file });
    await ask(app);
    const lock = await lockedElsewhere(file);
    let waits = true;
    const waiting = login(app, here.wechat, 'o2').then(() => {
      waits = false;
    });
    await pause(50);
    expect(await rejection(app.refreshToken('nobody'))).toMatchObject({ code: 6010 });
    expect(waits).toBe(true);
    await lock.release();
    await within(15000, waiting, 'the login');
  });

  // A check that notes a use writes, and must neither wait for that nor fail by it, nor let the
  // next ones of its batch fail.
  test.each(['DELETE', 'WAL'])(
    'with an idle limit are checked beside a writer of short transactions (%s)',
    async (journal) => {
      const file = await userFile({ journal });
      const app = here.open({ file, options: { sessions: { mode: 'each', idle: 1 } } });
      const tokens = [];
      for (let i = 0; i < 8; i += 1) tokens.push(await issue(app, `o${i}`));
      const writer = await writerElsewhere(file, { hold: 20, rest: 5 });
      const failed = [];
      for (let round = 0; round < 60; round += 1) {
        const checks = tokens.map((token) => app.isTokenValid(token).catch((error) => failed.push(error)));
        await Promise.all(checks);
        await pause(10);
      }
      const writes = await writer.stop();
      expect(failed).toEqual([]);
      expect(writes).toBeGreaterThan(5);
    },
  );
});
