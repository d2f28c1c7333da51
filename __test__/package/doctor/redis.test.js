'use strict';

// The doctor on servers of redis that are set up wrong, and on such that are no redis.

const fs = require('node:fs');
const http = require('node:http');
const { once } = require('node:events');
const path = require('node:path');
const { defer, ROOT, startFakeWeChat, startRedis, tempDir, until } = require('../../support');
const { startTlsRedis } = require('../../stores/redis/tls-redis');
const { silentRedis } = require('../../stores/redis/odd-redis');
const { startSentinel } = require('../../stores/cluster/sentinels');
const { authOf, diagnosis, listOf, options, SECRET } = require('./support');

/** What is so of every redis of the tests: it keeps nothing on a disk. */
const NOTHING_KEPT = 'warning redis.no-persistence';

let wechat;
beforeAll(async () => {
  wechat = await startFakeWeChat();
});

/** The doctor on an application of createAuth with these tokens. */
const look = (tokens, { given, ...others } = {}) =>
  diagnosis(authOf(options({ tokens, wechat: { endpoint: wechat.endpoint }, ...given })), others);

/** The same on one of 1.3.2, whose tokens are found by their own names. */
const lookAtOld = (tokens, { sku = 'shop', redisPass = null } = {}) =>
  diagnosis(
    listOf('wx4f4bc4dec97d474b', SECRET, sku, null, redisPass, null, { tokens, wechat: { endpoint: wechat.endpoint } }),
  );

describe('where redis should be, the doctor finds', () => {
  test('nobody', async () => {
    const server = await startRedis();
    await server.stop();
    expect((await look(server.url)).told).toEqual(['error redis.unreachable']);
  });

  test('a web server, and says what that said', async () => {
    const server = http.createServer(() => {});
    defer(() => server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { told, looks } = await look(`redis://127.0.0.1:${server.address().port}`);
    expect(told).toEqual(['error redis.no-redis']);
    expect(looks['redis.no-redis'].text).toContain('HTTP/1.1 400 Bad Request');
  });

  test('one that takes connections and is silent', async () => {
    const { url } = await silentRedis();
    expect((await look({ url, deadline: 1000, connectTimeout: 500 })).told).toEqual(['error redis.silent']);
  });

  test('one that speaks TLS alone', async () => {
    const { tlsUrl } = await startTlsRedis();
    expect((await look(tlsUrl.replace('rediss:', 'redis:'))).told).toEqual(['error redis.speaks-tls']);
  });

  test('one whose certificate nobody here trusts; with its CA all is well', async () => {
    const { tlsUrl, ca } = await startTlsRedis();
    const { told, looks } = await look(tlsUrl);
    expect(told).toEqual(['error redis.certificate']);
    expect(looks['redis.certificate'].text).toContain('UnknownIssuer');
    const trusting = await look({ url: tlsUrl, tls: { ca: fs.readFileSync(ca, 'utf8') } });
    expect(trusting.told).toEqual([NOTHING_KEPT]);
  });

  test('a wrong password, a missing one, and tells neither', async () => {
    const { url } = await startRedis({ password: 'Sesame-42' });
    const wrong = await look(url.replace('//', '//:Sesame-43@'));
    expect(wrong.told).toEqual(['error redis.password']);
    expect(wrong.stdout).not.toContain('Sesame');
    expect((await look(url)).told).toEqual(['error redis.no-password']);
    expect((await look(url.replace('//', '//:Sesame-42@'))).told).toEqual([NOTHING_KEPT]);
  });
});

describe('a redis', () => {
  test('that is set up well is so', async () => {
    const { url, redis } = await startRedis({ args: ['--save', '3600 1'] });
    const { code, told, looks } = await look(url);
    expect([code, ...told]).toEqual([0]);
    const codes = ['reached', 'clock-agrees', 'version', 'master', 'policy', 'snapshots', 'rights'];
    expect(Object.keys(looks)).toEqual(expect.arrayContaining(codes.map((name) => `redis.${name}`)));
    expect(await redis.keys('*')).toEqual([]);
  });

  test('that is a replica', async () => {
    const { url, redis } = await startRedis();
    await redis.replicaof('127.0.0.1', '1');
    expect((await look(url)).told).toEqual(['error redis.replica', NOTHING_KEPT]);
  });

  test('that drops sessions when its memory runs short, and one that would', async () => {
    const { url, redis } = await startRedis({ args: ['--maxmemory-policy', 'allkeys-lru'] });
    expect((await look(url)).told).toEqual(['warning redis.may-evict', NOTHING_KEPT]);
    await redis.config('SET', 'maxmemory', '1gb');
    const { told, looks } = await look(url);
    expect(told).toEqual(['error redis.evicts', NOTHING_KEPT]);
    expect(looks['redis.evicts'].text).toContain('allkeys-lru');
  });

  test('whose memory is full', async () => {
    const { url, redis } = await startRedis();
    await redis.config('SET', 'maxmemory', '1mb');
    expect((await look(url)).told).toEqual(['warning redis.nearly-full', NOTHING_KEPT, 'error redis.full']);
  });

  test('that cannot save, and so takes no writes', async () => {
    const folder = tempDir();
    const { url, redis } = await startRedis({ args: ['--dir', folder] });
    await redis.config('SET', 'save', '1 1');
    fs.rmSync(folder, { recursive: true });
    await redis.set('x', 1);
    await redis.bgsave().catch(() => {});
    await until(async () => /rdb_last_bgsave_status:err/.test(await redis.info('persistence')));
    expect((await look(url)).told).toEqual(['error redis.persistence-fails', 'error redis.refuses-writes']);
  });

  test('whose clock is not ours', async () => {
    const { url } = await startRedis();
    const ahead = path.join(tempDir(), 'ahead.js');
    fs.writeFileSync(ahead, 'const now = Date.now; Date.now = () => now() + 60000;');
    const { told, looks } = await look(url, { nodeArgs: ['-r', ahead] });
    expect(told).toEqual(['warning redis.clock', NOTHING_KEPT]);
    expect(Number(looks['redis.clock'].values.seconds)).toBeCloseTo(-60, -1);
  });

  test('that is a node of a Cluster', async () => {
    const { url, redis } = await startRedis({ args: ['--cluster-enabled', 'yes'] });
    await redis.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await until(async () => /cluster_state:ok/.test(await redis.call('CLUSTER', 'INFO')));
    expect((await look(url)).told).toEqual(['error redis.is-cluster']);
    const { told, looks } = await look({ cluster: [url] });
    expect(told).toEqual([NOTHING_KEPT]);
    expect(looks['redis.nodes'].values.count).toBe(1);
  });

  test('that is a Cluster without slots', async () => {
    const { url } = await startRedis({ args: ['--cluster-enabled', 'yes'] });
    const { told } = await look({ cluster: [url], deadline: 1500 });
    expect(told).toEqual(['error redis.cluster-down']);
  });

  test('behind Sentinels; a Sentinel itself; a master that they do not know', async () => {
    const { tokens } = await startSentinel();
    expect((await look(tokens)).told).toEqual([NOTHING_KEPT]);
    const direct = await look(tokens.sentinels[0]);
    expect(direct.told).toEqual(['error redis.is-sentinel']);
    const { told } = await look({ ...tokens, master: 'somebody-else' });
    expect(told).toEqual(['error redis.no-master']);
  });

  test.each([
    [null, 'note redis.adoption-due'],
    ['0123', 'note redis.adopting'],
    ['done', 'ok'],
  ])('with the tokens of 1.3.2, whose marker is %s', async (marker, expected) => {
    const { url, redis } = await startRedis();
    if (marker) await redis.set('mpauthx:adopted:shop', marker);
    const { told, looks } = await lookAtOld(url);
    const rest = [NOTHING_KEPT, 'warning users.nobody'];
    if (marker === 'done') expect(looks['redis.adopted']).toMatchObject({ status: expected });
    expect(told.filter((line) => !rest.includes(line))).toEqual(marker === 'done' ? [] : [expected]);
    // The doctor begins no adoption.
    expect(await redis.get('mpauthx:adopted:shop')).toBe(marker);
  });
});

describe('a user of redis', () => {
  /** The rights that the documentation lists: with 1.3.2's layout, tagged, in a Cluster. */
  const lines = fs
    .readFileSync(path.join(ROOT, 'docs', 'redis.md'), 'utf8')
    .matchAll(/^ACL SETUSER .* >password (.+)$/gm);
  const [COMPATIBLE, TAGGED, CLUSTER] = [...lines].map(([, rights]) => rights.trim().split(' '));

  let server;
  beforeAll(async () => {
    server = await startRedis();
  });

  let users = 0;

  /** The doctor's verdict on a user with these rights. */
  async function with_(rights, layout = 'tagged') {
    users += 1;
    const user = `app${users}`;
    await server.redis.call('ACL', 'SETUSER', user, 'reset', 'on', '>pw', ...rights);
    const url = server.url.replace('//', `//${user}:pw@`);
    return layout === 'tagged' ? look(url) : lookAtOld(url);
  }

  /** Without CONFIG, nobody can say whether snapshots are taken. */
  const UNKNOWN = 'note redis.persistence-unknown';

  test('with the rights of the documentation lacks none', async () => {
    expect((await with_(TAGGED)).told).toEqual([UNKNOWN]);
    const old = [UNKNOWN, 'note redis.adoption-due', 'warning users.nobody'];
    expect((await with_(COMPATIBLE, 'compatible')).told).toEqual(old);
  });

  test('that lacks commands: which', async () => {
    const lacks = ['+hget', '+sadd', '+eval'];
    const { told, looks } = await with_(TAGGED.filter((right) => !lacks.includes(right)));
    expect(told).toEqual([UNKNOWN, 'error redis.rights-missing']);
    expect(looks['redis.rights-missing'].values.missing.sort()).toEqual(lacks.sort());
  });

  test('that lacks one command is told which', async () => {
    const rights = TAGGED.filter((right) => /^\+(?!select)/.test(right));
    expect(rights.length).toBeGreaterThan(20);
    const missing = async (right) => {
      const { looks } = await with_(TAGGED.filter((one) => one !== right));
      if (right === '+info') expect(looks['redis.no-info'].status).toBe('warning');
      return looks['redis.rights-missing'].values.missing;
    };
    // Many at once: most of the time a process of Node starts.
    const found = await Promise.all(rights.map(missing));
    expect(found).toEqual(rights.map((right) => [right]));
  }, 60000);

  test('of a Cluster has rights of its own to have', async () => {
    const node = await startRedis({ args: ['--cluster-enabled', 'yes'] });
    await node.redis.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await until(async () => /cluster_state:ok/.test(await node.redis.call('CLUSTER', 'INFO')));
    const given = async (rights) => {
      await node.redis.call('ACL', 'SETUSER', 'app', 'reset', 'on', '>pw', ...rights);
      return look({ cluster: [node.url.replace('//', '//app:pw@')], deadline: 2000 });
    };
    expect((await given(CLUSTER)).told).toEqual([UNKNOWN]);
    const { looks } = await given(CLUSTER.filter((right) => right !== '+asking'));
    expect(looks['redis.rights-missing'].values.missing).toEqual(['+asking']);
    const { told } = await given(CLUSTER.filter((right) => right !== '+cluster|slots'));
    expect(told).toEqual(['error redis.no-rights']);
  });

  test('with a cache has to be told of changes', async () => {
    await server.redis.call('ACL', 'SETUSER', 'cached', 'reset', 'on', '>pw', ...TAGGED);
    const { looks } = await look(server.url.replace('//', '//cached:pw@'), { given: { cache: true } });
    expect(looks['redis.rights-missing'].values.missing).toEqual(['+client|tracking']);
  });

  test('that may not use the keys, or not those of 1.3.2', async () => {
    const others = await with_(['~others:*', ...TAGGED.slice(1)]);
    expect(others.looks['redis.rights-missing'].values.missing).toEqual(['~mpauthx:*']);
    const old = await with_(
      COMPATIBLE.filter((right) => right !== '~*|*|*'),
      'compatible',
    );
    expect(old.looks['redis.rights-missing'].values.missing).toEqual(['~*|*|*']);
  });

  test('that may not delete the key of the doctor: it expires', async () => {
    await server.redis.flushall();
    await with_(TAGGED);
    expect(await server.redis.keys('*')).toEqual([]);
    await with_(TAGGED.filter((right) => !['+del', '+pexpire'].includes(right)));
    const [key] = await server.redis.keys('*');
    expect(await server.redis.pttl(key)).toBeGreaterThan(0);
  });
});
