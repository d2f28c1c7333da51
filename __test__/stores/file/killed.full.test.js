'use strict';

const path = require('node:path');
const { drivers, generator, listed, liveOf, login, startNode } = require('../../support');
const { JOURNALS } = require('../../users/kinds');
const { userFile } = require('../../users/support');
const { fileSetting, rowsOf } = require('./support');

const ROUNDS = 50;
const CROWD = 'crowd';
const TURNING = 'turn';
const LONGEST = 400; // lines of a process until it is killed
const LIMIT = 240000;

describe.each([
  ['users and tokens in files of their own', null],
  ...JOURNALS.map(([name, journal]) => [`users and tokens in one file (${name})`, journal]),
])('a process that is killed, %s', (_name, journal) => {
  const here = fileSetting();

  /** Runs a busy process, kills it once it has printed so many lines, and returns them. */
  async function killed(config, lines) {
    const busy = startNode(path.join(__dirname, 'busy-users.js'), { args: [JSON.stringify(config)] });
    let printed = 0;
    await new Promise((resolve, reject) => {
      busy.exit.then(({ stderr }) => reject(new Error(`ended by itself: ${stderr}`)), reject);
      busy.child.stdout.on('data', (chunk) => {
        printed += chunk.split('\n').length - 1;
        if (printed >= lines) resolve();
      });
    });
    busy.child.kill('SIGKILL');
    const { signal, stdout, stderr } = await busy.exit;
    expect({ signal, stderr }).toEqual({ signal: 'SIGKILL', stderr: '' });
    return stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split(' '));
  }

  test(
    'leaves files that are sound, every acknowledged user and token, and no second token, wherever it dies',
    async () => {
      const random = generator();
      const registered = new Set();
      const users = await userFile({ journal: journal ?? 'DELETE' });
      if (journal) here.file = users;
      const tokens = { file: here.file };

      for (let round = 1; round <= ROUNDS; round += 1) {
        const lines = await killed({ file: users, tokens, round }, 1 + random.below(LONGEST));
        try {
          await expectOrder(round, lines);
        } catch (error) {
          error.message += `\nround ${round}, SEED=${random.seed}, the end: ${JSON.stringify(lines.slice(-12))}`;
          throw error;
        }
      }

      async function expectOrder(round, lines) {
        const app = here.open({ db: users });
        // Whoever opens a file first after a crash repairs it: the library and another SQLite in
        // turn.
        if (round % 2) {
          expect(await app.health()).toMatchObject({ tokens: { ready: true }, users: { ready: true } });
        }
        for (const file of new Set([users, here.file])) expect(await integrity(file)).toEqual(['ok']);
        const found = await idsOf(users);
        expect(new Set(found).size).toBe(found.length);
        for (const [what, , user] of lines) if (what === 'end') registered.add(user);
        expect([...registered].filter((user) => !found.includes(user))).toEqual([]);

        const rows = (await rowsOf(here.file)).filter(([user]) => !user.startsWith(TURNING));
        expect(new Set(rows.map(([user]) => user)).size).toBe(rows.length);
        for (const { user, issued, inFlight } of histories(lines)) {
          const live = await liveOf(app, issued);
          if (user.startsWith(TURNING)) {
            expect([user, live]).toEqual([user, issued]); // the newest, and those in their grace
            const current = await login(app, here.wechat, user);
            if (!inFlight.includes('rotate')) expect([user, current]).toEqual([user, issued[issued.length - 1]]);
            expect(await listed(app, user)).toEqual([current]);
            continue;
          }
          if (user.startsWith(CROWD)) expect(live.length).toBeLessThanOrEqual(1);
          // A refresh that nobody was told of may have replaced the last token, or not.
          else if (!inFlight.includes('refresh') || live.length > 0)
            expect([user, live]).toEqual([user, issued.slice(-1)]);
          const next = await login(app, here.wechat, user);
          if (live.length > 0) expect(next).toBe(live[0]);
          else expect(issued).not.toContain(next);
        }
        await app.close();
      }
    },
    LIMIT,
  );
});

/** Of each user what was handed out, in order, and which calls were not answered. */
function histories(lines) {
  const users = new Map();
  for (const [what, call, user, token] of lines) {
    if (!users.has(user)) users.set(user, { user, issued: [], inFlight: [] });
    const { issued, inFlight } = users.get(user);
    if (what === 'begin') inFlight.push(call);
    else {
      inFlight.splice(inFlight.indexOf(call), 1);
      issued.push(token);
    }
  }
  return [...users.values()].filter(({ issued }) => issued.length > 0);
}

async function integrity(file) {
  const own = await drivers.sqlite3(file);
  const found = await own.all('PRAGMA integrity_check');
  await own.close();
  return found.map((row) => row.integrity_check);
}

async function idsOf(file) {
  const own = await drivers.sqlite3(file);
  const found = await own.all('SELECT openId FROM user');
  await own.close();
  return found.map((row) => row.openId);
}
