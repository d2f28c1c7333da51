'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { createApp, dbClose, isWindows, login, openSqlite, refresh, runNode, startFakeWeChat } = require('../support');
const { inspect, numbers, userFile } = require('./support');

// Enough for the half transaction to have changed pages that hold them.
const USERS = numbers(2000).map((n) => `o${n}`);

test.each(['handle', 'path'])(
  'the journal of a writer that died is rolled back before users are read: %s',
  async (kind) => {
    const wechat = await startFakeWeChat();
    const file = await userFile({ users: USERS });
    const { code, signal } = await runNode(path.join(__dirname, 'hot-journal.js'), { args: [file] });
    expect(signal ?? code).toBe(isWindows ? 1 : 'SIGKILL');
    expect(fs.statSync(`${file}-journal`).size).toBeGreaterThan(512);

    const handle = kind === 'handle' ? await openSqlite(file) : null;
    const app = createApp({ wechat, db: handle || file });
    await refresh(app, 'o1');
    await login(app, wechat, 'o2000');
    await login(app, wechat, 'new');
    await app.close();
    if (handle) await dbClose(handle);
    expect(await inspect(file)).toEqual({ check: 'ok', users: [...USERS, 'new'], ledger: [] });
  },
);
