'use strict';

const fs = require('node:fs');
const path = require('node:path');
const {
  createApp,
  everybody,
  issue,
  isValid,
  liveOf,
  login,
  refresh,
  rotate,
  ROOT,
  startFakeWeChat,
  startRedis,
  until,
  writeLegacyToken,
} = require('../../support');
const { isAdopted } = require('./support');

const LINE = /^ACL SETUSER mpauthx on >password (.+)$/gm;
const ADVICE = { code: 6000, message: expect.stringMatching(/^Error: NOPERM .*docs\/redis\.md/) };

/**
 * The rights that a documentation file lists: for the compatible layout, the tagged one, and a
 * Cluster.
 */
function documented(file) {
  const text = fs.readFileSync(path.join(ROOT, file), 'utf8');
  return [...text.matchAll(LINE)].map(([, rights]) => rights.trim().split(' '));
}

const [COMPATIBLE, TAGGED, CLUSTER] = documented('docs/redis.md');

describe('an ACL user', () => {
  let wechat;
  let server;
  let redis;
  beforeAll(async () => {
    wechat = await startFakeWeChat();
    server = await startRedis();
    redis = server.redis;
    await redis.select(1);
  });
  beforeEach(async () => {
    await redis.flushall();
    await redis.script('FLUSH');
  });

  const become = (rights, of = redis) => of.call('ACL', 'SETUSER', 'app', 'reset', 'on', '>pw', ...rights);
  const url = (of = server) => of.url.replace('//', '//app:pw@');
  const open = (tokens) => createApp({ wechat, db: everybody(), tokens });

  /**
   * Everything that the library does with redis. What went wrong: the errors of calls, and what
   * health() says.
   */
  async function work(tokens) {
    const errors = [];
    const attempt = (call) => call.catch((error) => errors.push(error));
    await writeLegacyToken(redis, 'o1', 'shop', { ttl: 100 });
    const app = open(tokens);
    const health = (await app.health()).tokens;
    await attempt(login(app, wechat, 'o1'));
    await attempt(login(app, wechat, 'o2')); // finds no token, and so waits for the walk
    const walked = await isAdopted(redis);
    await attempt(refresh(app, 'o1'));
    // One user whose tokens were replaced just now, one whose never were.
    for (const user of ['o1', 'o3']) {
      for (const given of [{}, { ttl: null }, { ctime: 1500000000000 }]) {
        await attempt(isValid(app, await writeLegacyToken(redis, user, 'shop', given)));
      }
    }
    return { errors, health, walked };
  }

  test('with the rights that the documentation lists can do everything', async () => {
    await become(COMPATIBLE);
    const { errors, health, walked } = await work(`${url()}/1`);
    expect(errors).toEqual([]);
    expect(health).toMatchObject({ ready: true, warnings: [] });
    expect(walked).toBe(true);
  });

  // SMEMBERS is for revokeUser with allSkus alone.
  test.each(COMPATIBLE.filter((right) => right !== '+smembers'))(
    'without %s is told so, and where to look',
    async (right) => {
      await become(COMPATIBLE.filter((one) => one !== right));
      const { errors, health, walked } = await work(`${url()}/1`);
      for (const error of errors) expect(error).toMatchObject(ADVICE);
      if (right === '+scan') expect(walked).toBe(false);
      else if (right === '+info') expect(health.warnings).toEqual([expect.stringMatching(/INFO/)]);
      else if (right === '+ping') expect(health).toMatchObject({ ready: false, error: ADVICE.message });
      else expect(errors).not.toEqual([]);
    },
  );

  describe('changes the sessions of a user with two', () => {
    const sessions = { mode: 'each', max: 2 };
    const CHANGES = {
      'a login': (app) => issue(app, 'o1'),
      'a login in the place of another': (app, { token }) => issue(app, 'o1', { replace: token }),
      'a rotation': (app, { token }) => rotate(app, token),
      'an end of one': (app, { token }) => app.sessions.revoke(token),
      'an end of one by a token in its grace': (app, { inGrace }) => app.sessions.revoke(inGrace),
      'an end of all': (app) => app.sessions.revokeUser('o1'),
      'an end of all others': (app, { token }) => app.sessions.revokeUser('o1', { except: token }),
      'a refresh': (app) => refresh(app, 'o1'),
    };

    test.each(COMPATIBLE.filter((right) => right.startsWith('+')))(
      'wholly or not at all, without %s',
      async (right) => {
        const given = (tokens) => createApp({ wechat, db: everybody(), tokens, options: { sessions } });
        const watcher = given(`${server.url}/1`);
        await become(COMPATIBLE);
        const app = given(`${url()}/1`);
        for (const [name, change] of Object.entries(CHANGES)) {
          await become(COMPATIBLE);
          await redis.flushdb();
          const [inGrace, token] = [await issue(watcher, 'o1'), await issue(watcher, 'o1')];
          const tokens = [inGrace, token, await rotate(watcher, inGrace, { grace: 60 })];
          await isValid(app, token); // has a connection
          const seen = async () => [await liveOf(watcher, tokens), await watcher.sessions.list('o1')];
          const before = await seen();
          await become(COMPATIBLE.filter((one) => one !== right));
          const error = await change(app, { inGrace, token }).then(
            () => null,
            (reason) => reason,
          );
          if (!error) continue;
          expect([name, error.code, `${error} ${error.cause}`]).toEqual([
            name,
            6000,
            expect.stringContaining('NOPERM'),
          ]);
          expect([name, ...(await seen())]).toEqual([name, ...before]);
        }
      },
    );
  });

  test('that is given the missing right works from then on', async () => {
    await become(COMPATIBLE.filter((one) => one !== '+evalsha'));
    const app = open(url());
    await expect(login(app, wechat, 'o1')).rejects.toMatchObject(ADVICE);
    await become(COMPATIBLE);
    expect(await isValid(app, await until(() => login(app, wechat, 'o1').catch(() => null)))).toBe(true);
  });

  test('needs only the prefix of the keys in the tagged layout', async () => {
    expect(TAGGED.filter((right) => right.startsWith('~'))).toEqual(['~mpauthx:*']);
    await become(TAGGED);
    const app = open({ url: url(), layout: 'tagged' });
    const token = await login(app, wechat, 'o1');
    const next = await refresh(app, 'o1');
    expect([await isValid(app, token), await isValid(app, next)]).toEqual([false, true]);
    expect((await app.health()).tokens).toMatchObject({ ready: true, warnings: [] });
  });

  test('with the rights that the documentation lists for a Cluster can log users in and out', async () => {
    const node = await startRedis({ args: ['--cluster-enabled', 'yes'] });
    await node.redis.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await until(async () => /cluster_state:ok/.test(await node.redis.call('CLUSTER', 'INFO')));
    await become(CLUSTER, node.redis);
    const app = open({ cluster: [url(node)] });
    const token = await login(app, wechat, 'o1');
    const next = await refresh(app, 'o1');
    expect([await isValid(app, token), await isValid(app, next)]).toEqual([false, true]);
    expect((await app.health()).tokens).toMatchObject({ kind: 'cluster', ready: true, warnings: [] });
  });

  test('is given the same rights in both languages', () => {
    expect(documented('docs/redis.md')).toHaveLength(3);
    expect(documented('docs/redis.zh-CN.md')).toEqual(documented('docs/redis.md'));
  });
});
