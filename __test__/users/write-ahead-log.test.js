'use strict';

const fs = require('node:fs');
const { createApp, dbAll, dbClose, dbExec, login, openSqlite, refresh, startFakeWeChat } = require('../support');
const { copyOf, inspect, numbers, runProgram, userFile } = require('./support');

const USERS = numbers(20).map((n) => `o${n}`);

describe('users in a file in write-ahead mode', () => {
  let wechat;
  beforeAll(async () => {
    wechat = await startFakeWeChat();
  });

  test('given by path: after close the .db alone holds every user', async () => {
    const file = await userFile({ journal: 'WAL' });
    const app = createApp({ wechat, db: file });
    for (const user of USERS) await login(app, wechat, user);
    await app.close();
    expect(await inspect(copyOf(file))).toMatchObject({ check: 'ok', users: USERS });
  });

  test.each(['end', 'exit'])(
    'given by path: after a process without close (%s) the .db alone holds every user',
    async (how) => {
      const file = await userFile({ journal: 'WAL' });
      await runProgram('leave.js', { file, users: USERS, how });
      expect(await inspect(copyOf(file))).toMatchObject({ check: 'ok', users: USERS });
    },
  );

  test('given by path: what the application commits beside it is there as well', async () => {
    const file = await userFile({ journal: 'WAL' });
    const handle = await openSqlite(file);
    const app = createApp({ wechat, db: file });
    for (const n of numbers(20)) {
      await login(app, wechat, `o${n}`);
      await dbExec(handle, `INSERT INTO ledger (n) VALUES (${n})`);
    }
    await dbClose(handle);
    await app.close();
    expect(await inspect(copyOf(file))).toEqual({ check: 'ok', users: USERS, ledger: numbers(20) });
  });

  test('given by handle: when the application closes it, the .db alone holds every user', async () => {
    const file = await userFile({ journal: 'WAL' });
    const handle = await openSqlite(file);
    const app = createApp({ wechat, db: handle });
    for (const user of USERS) await login(app, wechat, user);
    await dbClose(handle);
    expect(fs.existsSync(`${file}-wal`)).toBe(false);
    expect(await inspect(copyOf(file))).toMatchObject({ check: 'ok', users: USERS });
  });

  test.each([
    ['wal', 'delete'],
    ['delete', 'wal'],
  ])('given by handle: the application can leave %s for %s and come back', async (from, to) => {
    const handle = await openSqlite(await userFile({ journal: from, users: ['known'] }));
    const app = createApp({ wechat, db: handle });
    await login(app, wechat, 'o1');
    for (const mode of [to, from, to]) {
      expect(await dbAll(handle, `PRAGMA journal_mode = ${mode}`)).toEqual([{ journal_mode: mode }]);
      await login(app, wechat, `in ${mode}`);
      await refresh(app, 'known');
    }
    expect(await dbAll(handle, 'SELECT openId FROM user ORDER BY rowid')).toEqual(
      ['known', 'o1', `in ${to}`, `in ${from}`].map((openId) => ({ openId })),
    );
  });
});
