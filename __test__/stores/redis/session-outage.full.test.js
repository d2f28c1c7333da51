'use strict';

const {
  atOnce,
  createApp,
  defer,
  everybody,
  generator,
  issue,
  isValid,
  listed,
  liveOf,
  NOT_LIVE,
  pause,
  refresh,
  rejection,
  rejections,
  rotate,
  startRedis,
  tempDir,
  until,
  within,
} = require('../../support');
const { lockedElsewhere, userFile } = require('../../users/support');
const { failingRedis, silentRedis } = require('./odd-redis');

const TOKEN = `o1|shop|${'ab'.repeat(32)}`;
/** The deadline of the calls here, and when they must be over, in milliseconds. */
const DEADLINE = 2000;
const LIMIT = 2 * DEADLINE + 1000;
const LONG = { grace: 3600 };
const OUTAGE = { name: 'MpauthxError', code: 6000, status: 503 };

const open = (url, sessions = {}, deadline = DEADLINE) =>
  createApp({ tokens: { url, deadline }, db: everybody(), options: { sessions } });

const everyCall = ({ sessions }) => [
  sessions.issue('o1'),
  sessions.inspect(TOKEN),
  sessions.list('o1'),
  sessions.revoke(TOKEN),
  sessions.revokeUser('o1'),
  sessions.revokeUser('o1', { allSkus: true }),
  sessions.rotate(TOKEN),
];

/** What a call in an outage gave: its answer, or undefined when redis was out. */
const orOutage = (call, outage = OUTAGE) =>
  within(LIMIT, call, 'a call').catch((error) => {
    expect(error).toMatchObject(outage);
    return undefined;
  });

/** Asks until redis answers again. */
const atLast = async (call) => {
  const answer = await until(() =>
    call().then(
      (value) => ({ value }),
      (error) => (error.code === 6000 ? null : { error }),
    ),
  );
  if (answer.error) throw answer.error;
  return answer.value;
};

/**
 * Whatever became of a rotation: the token goes on as one session, under its old name or a new one.
 */
async function expectOneSession(app, user, old) {
  expect(await atLast(() => isValid(app, old))).toBe(true);
  const token = await rotate(app, old, LONG);
  expect(await listed(app, user)).toEqual([token]);
  expect(await liveOf(app, [old, token])).toEqual([old, token]);
  return token;
}

describe('every function of sessions is 6000 within the deadline', () => {
  test.each([
    [
      'stopped',
      async () => {
        const server = await startRedis();
        await server.stop();
        return server;
      },
    ],
    ['silent', silentRedis],
    ['loading', () => failingRedis('LOADING Redis is loading the dataset in memory')],
    ['confused', () => failingRedis('ERR something nobody has thought of')],
  ])('with a redis that is %s', async (_name, start) => {
    const { url } = await start();
    for (const sessions of [{}, { mode: 'each', max: 2, idle: 60 }]) {
      const reasons = await within(LIMIT, rejections(...everyCall(open(url, sessions, 700))), 'a call in an outage');
      for (const reason of reasons) {
        expect(reason).toMatchObject(OUTAGE);
        for (const secret of [TOKEN, TOKEN.slice(-64), 'o1']) expect(reason.message).not.toContain(secret);
      }
    }
  });

  test('and works again when redis does', async () => {
    const server = await startRedis();
    const app = open(server.url, {}, 1000);
    const token = await issue(app, 'o1');
    server.pause();
    await within(LIMIT, rejections(...everyCall(app)), 'a call in an outage').finally(server.resume);
    expect(await atLast(() => isValid(app, token))).toBe(true);
    expect(await issue(app, 'o2')).toMatch(/^o2\|/);
  });
});

describe('redis that is paused in the middle', () => {
  const random = generator();

  test(`leaves no rotation half done (SEED=${random.seed})`, async () => {
    const server = await startRedis();
    const app = open(server.url);
    const users = Array.from({ length: 30 }, (_, i) => `o${i}`);
    const tokens = new Map(await Promise.all(users.map(async (user) => [user, await issue(app, user)])));
    for (let round = 0; round < 2; round += 1) {
      const going = users.map((user) => orOutage(rotate(app, tokens.get(user), LONG)));
      await pause(random.below(4));
      server.pause();
      const answers = await Promise.all(going).finally(server.resume);
      for (const [i, user] of users.entries()) {
        const token = await expectOneSession(app, user, tokens.get(user));
        expect([token, undefined]).toContain(answers[i]);
        tokens.set(user, token);
      }
    }
  });

  test(`leaves no revocation half done (SEED=${random.seed})`, async () => {
    const server = await startRedis();
    const app = open(server.url, { mode: 'each' });
    const users = Array.from({ length: 20 }, (_, i) => `o${i}`);
    const tokens = new Map();
    for (const user of users) tokens.set(user, await atOnce(5, () => issue(app, user)));
    const going = users.map((user) => orOutage(app.sessions.revokeUser(user)));
    await pause(random.below(4));
    server.pause();
    const answers = await Promise.all(going).finally(server.resume);
    for (const [i, user] of users.entries()) {
      const live = await atLast(() => liveOf(app, tokens.get(user)));
      // All or none; and none where it was said to be done.
      expect(answers[i] === undefined ? [0, 5] : [0]).toContain(live.length);
      expect(await app.sessions.revokeUser(user)).toBe(live.length);
      expect(await listed(app, user)).toEqual([]);
    }
  });
});

describe('redis that cuts its connections again and again', () => {
  /** Cuts all connections every few milliseconds while the work goes on. */
  async function whileCutting(server, work) {
    let over = false;
    const cutting = (async () => {
      while (!over) {
        await server.redis.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        await pause(8);
      }
    })();
    try {
      return await work();
    } finally {
      over = true;
      await cutting;
    }
  }

  // What was done, and whose answer was lost, is asked for once more by the library itself.
  test.each([3600, 0])(
    'a rotation whose answer is lost is no second use of the old token (grace %d)',
    async (grace) => {
      const server = await startRedis();
      const app = open(server.url);
      const ends = await whileCutting(server, () =>
        atOnce(8, async (lane) => {
          let token = await atLast(() => issue(app, `o${lane}`));
          for (let i = 0; i < 40; i += 1) {
            const next = await orOutage(rotate(app, token, { grace }));
            // Where even that failed, the session goes on under one name.
            token = next ?? (await atLast(() => listed(app, `o${lane}`)))[0];
            expect(token).toMatch(/^o\d/);
          }
          return token;
        }),
      );
      for (const [lane, token] of ends.entries()) {
        expect(await listed(app, `o${lane}`)).toEqual([token]);
        expect(await isValid(app, token)).toBe(true);
      }
    },
  );

  test('a login whose answer is lost leaves no token that nobody holds', async () => {
    const server = await startRedis();
    const app = open(server.url, { mode: 'each' });
    const answers = await whileCutting(server, () =>
      atOnce(6, async (lane) => {
        const given = [];
        for (let i = 0; i < 30; i += 1) given.push(await orOutage(issue(app, `o${lane}`)));
        return given;
      }),
    );
    for (const [lane, given] of answers.entries()) {
      const list = await listed(app, `o${lane}`);
      for (const token of given.filter(Boolean)) expect(list).toContain(token);
      expect(list.length).toBeLessThanOrEqual(given.length); // so it is those, where none was lost
    }
  });

  test('what was revoked stays so', async () => {
    const server = await startRedis();
    const app = open(server.url, { mode: 'each' });
    await whileCutting(server, () =>
      atOnce(6, async (lane) => {
        for (let i = 0; i < 25; i += 1) {
          const token = await atLast(() => issue(app, `o${lane}`));
          const answer = await orOutage(i % 3 ? app.sessions.revoke(token) : app.sessions.revokeUser(`o${lane}`));
          if (answer !== undefined) expect(await atLast(() => isValid(app, token))).toBe(false);
        }
      }),
    );
  });
});

describe('redis that is killed, and comes back with what it had written down', () => {
  const random = generator();

  test(`has nothing half done (SEED=${random.seed})`, async () => {
    const args = ['--appendonly', 'yes', '--appendfsync', 'always', '--dir', tempDir()];
    let server = await startRedis({ args });
    const app = open(server.url, { mode: 'each' });
    const lanes = await atOnce(10, async (i) => ({
      user: `o${i}`,
      old: null,
      token: await issue(app, `o${i}`),
      dead: [],
    }));
    for (let round = 0; round < 3; round += 1) {
      let over = false;
      const load = lanes.map(async (lane) => {
        lane.doubt = null;
        while (!over && !lane.doubt) {
          if (random.below(3)) {
            const next = await orOutage(rotate(app, lane.token, LONG));
            if (next === undefined) lane.doubt = 'rotation';
            else Object.assign(lane, { old: lane.token, token: next });
          } else {
            const extra = await orOutage(issue(app, lane.user));
            if (extra === undefined) lane.doubt = 'login';
            else if ((await orOutage(app.sessions.revoke(extra))) === undefined) lane.doubt = 'revocation';
            else lane.dead.push(extra);
          }
        }
      });
      await pause(100 + random.below(100));
      await server.stop();
      over = true;
      await Promise.all(load);
      server = await startRedis({ port: server.port, args });
      expect(lanes.some(({ doubt }) => doubt)).toBe(true);
      for (const lane of lanes) {
        expect(await atLast(() => isValid(app, lane.token))).toBe(true);
        if (lane.old) expect(await isValid(app, lane.old)).toBe(true);
        expect(await liveOf(app, lane.dead)).toEqual([]);
        const next = await rotate(app, lane.token, LONG);
        const list = await app.sessions.list(lane.user, { current: next });
        expect(list.filter(({ current }) => current)).toHaveLength(1);
        expect(list.length).toBeLessThanOrEqual(['login', 'revocation'].includes(lane.doubt) ? 2 : 1);
        // Nobody has heard of the token of a login in doubt.
        for (const { id, current } of list)
          if (!current) expect(await app.sessions.revokeById(lane.user, id)).toBe(true);
        Object.assign(lane, { old: lane.token, token: next });
      }
    }
  });
});

describe('redis that refuses to write changes nothing by halves:', () => {
  const CHANGES = {
    issue: (app) => issue(app, 'o1', { device: 'phone' }),
    rotate: (app, [token]) => rotate(app, token, LONG),
    revoke: (app, [token]) => app.sessions.revoke(token),
    revokeUser: (app) => app.sessions.revokeUser('o1'),
    refreshToken: (app) => refresh(app, 'o1'),
  };
  /** What each fails with: refreshToken with what 1.3.2 has. */
  const outageOf = (name) => (name === 'refreshToken' ? { name: 'Error', code: 6000 } : OUTAGE);

  /** Gives the user two tokens, one of them by a rotation; the list of them. */
  async function twoTokens(app) {
    await app.sessions.revokeUser('o1');
    await issue(app, 'o1');
    await rotate(app, await issue(app, 'o1'), LONG);
    return listed(app, 'o1');
  }

  test.each(Object.keys(CHANGES))('%s, when it is full', async (name) => {
    const server = await startRedis({ args: ['--maxmemory-policy', 'noeviction'] });
    const app = open(server.url, { mode: 'each' });
    const list = await twoTokens(app);
    await server.redis.config('SET', 'maxmemory', '1');
    const answer = await orOutage(CHANGES[name](app, list), outageOf(name));
    await server.redis.config('SET', 'maxmemory', '0');
    const left = await listed(app, 'o1');
    expect(await liveOf(app, left)).toEqual(left);
    if (answer === undefined) expect(left).toEqual(list);
  });

  // Every command that a change may need, each withheld once.
  const RIGHTS = 'zadd zrem zrange hset hget hmget hexists set get del pexpire pttl type time sadd persist'.split(' ');

  const KINDS = [
    ['with an idle limit', { mode: 'each', idle: 600 }],
    ['at the maximum', { mode: 'each', max: 2 }],
  ];
  const CASES = KINDS.flatMap(([kind, sessions]) => Object.keys(CHANGES).map((name) => [name, kind, sessions]));

  describe.each(CASES)('%s, %s, of a user without the right to', (name, _kind, sessions) => {
    let server;
    let app;
    beforeAll(async () => {
      server = await startRedis();
      app = open(server.url, sessions);
      await issue(app, 'o0');
    });

    test.each(RIGHTS)('%s', async (right) => {
      const list = await twoTokens(app);
      await server.redis.call('ACL', 'SETUSER', 'app', 'reset', 'on', '>pw', '~*', '&*', '+@all', `-${right}`);
      const limited = open(server.url.replace('//', '//app:pw@'), sessions);
      defer(() => limited.close());
      const answer = await orOutage(CHANGES[name](limited, list), outageOf(name));
      const left = await listed(app, 'o1');
      expect(await liveOf(app, left)).toEqual(left);
      for (const token of left) expect(await server.redis.ttl(token)).toBeGreaterThan(0);
      if (answer !== undefined) return;
      // What is done as a whole, although it could not be said, does no harm.
      const [one, ...others] = list;
      if (name === 'revoke' && !left.includes(one)) expect(left).toEqual(others);
      else if (name === 'rotate' && !left.includes(one)) {
        expect(await isValid(app, one)).toBe(true);
        expect(left).toEqual([...others, await rotate(app, one)]);
      } else expect(left).toEqual(list);
    });
  });
});

test('a file that is locked for too long is 6000, and nothing half done', async () => {
  const file = await userFile({ journal: 'WAL' });
  const app = createApp({ tokens: { file }, db: everybody() });
  const old = await issue(app, 'o1');
  const lock = await lockedElsewhere(file);
  const reasons = await within(
    30000,
    Promise.all([rejection(app.sessions.rotate(old, LONG)), rejection(app.sessions.revoke(old))]),
    'a call on a locked file',
  );
  await lock.release();
  for (const reason of reasons) expect(reason).toMatchObject(OUTAGE);
  await expectOneSession(app, 'o1', old);
  expect(await app.sessions.revoke(old)).toBe(true);
  expect(await rejection(app.sessions.rotate(old))).toMatchObject(NOT_LIVE);
}, 60000);
