'use strict';

const path = require('node:path');
const {
  atOnce,
  createApp,
  everybody,
  generator,
  isValid,
  lastLine,
  login,
  pause,
  refresh,
  startFakeWeChat,
  startNode,
  startRedis,
  until,
} = require('../../support');
const { isAdopted } = require('./support');
const { countListed, countTokens, writeTokens } = require('./many-tokens');

const KEYS = 1000000;
const LEGACY = 300000;
const USERS = 250000;
const FOREIGN = KEYS - LEGACY;

// Generous: what is measured is printed.
const PATIENCE = 1000;

/**
 * Asks redis for PONG again and again until `over`; the longest that one answer took, in
 * milliseconds.
 */
async function worstPing(redis, over) {
  let worst = 0;
  while (!over()) {
    const start = performance.now();
    await redis.ping();
    worst = Math.max(worst, performance.now() - start);
    await pause(2);
  }
  return worst;
}

const token = (i) => `u${i % USERS}|shop|${i.toString(16).padStart(64, '0')}`;

test(`${LEGACY} tokens among ${KEYS} keys are adopted by two processes, of which one is killed`, async () => {
  const server = await startRedis();
  const { redis } = server;
  await writeTokens(redis, LEGACY, USERS, 'shop');
  await writeTokens(redis, FOREIGN, FOREIGN, 'another');
  expect(await redis.dbsize()).toBe(KEYS);

  let over = false;
  const pinging = worstPing(redis.duplicate(), () => over);
  const start = performance.now();
  const adopt = () => startNode(path.join(__dirname, 'adopt.js'), { args: [server.url], timeout: 280000 });
  const [victim, survivor] = [adopt(), adopt()];
  await until(async () => (await redis.dbsize()) > KEYS + USERS / 5, 120000);
  victim.child.kill('SIGKILL');
  expect(await victim.exit).toMatchObject({ signal: 'SIGKILL' });
  // Not counted one by one: a script that does would hold up the server, whose answers are
  // measured.
  const indexes = (await redis.dbsize()) - KEYS;
  expect(indexes).toBeLessThan(USERS);
  expect(await isAdopted(redis)).toBe(false);

  await until(() => isAdopted(redis), 240000);
  const seconds = (performance.now() - start) / 1000;
  over = true;
  const ping = await pinging;
  survivor.child.stdin.end();
  const { code, stdout, stderr } = await survivor.exit;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { delay } = lastLine(stdout);
  console.log(
    `adopted in ${seconds.toFixed(1)} s, ${indexes} of ${USERS} users when one was killed; ` +
      `worst PING ${ping.toFixed(1)} ms, worst delay of an event loop ${delay.toFixed(1)} ms`,
  );

  expect(await countTokens(redis, LEGACY, USERS, 'shop')).toEqual({ live: LEGACY, marked: LEGACY, listed: LEGACY });
  expect(await countListed(redis, USERS, 'shop')).toBe(LEGACY);
  expect(await countTokens(redis, FOREIGN, FOREIGN, 'another')).toEqual({ live: FOREIGN, marked: 0, listed: 0 });
  expect(await redis.dbsize()).toBe(KEYS + USERS + 1); // an index for each user, and the marker

  const wechat = await startFakeWeChat();
  const app = createApp({ redis: server, wechat, db: everybody() });
  const { below, seed } = generator();
  const sample = Array.from({ length: 2000 }, () => 1 + below(LEGACY));
  const valid = await atOnce(sample.length, (i) => isValid(app, token(sample[i])));
  expect({ seed, invalid: sample.filter((_, i) => !valid[i]) }).toEqual({ seed, invalid: [] });
  // The last of a user's tokens is the newest; those of the first 50,000 have two.
  expect(await login(app, wechat, 'u7')).toBe(token(USERS + 7));
  const next = await refresh(app, 'u7');
  const tokens = [token(7), token(USERS + 7), next];
  expect(await atOnce(3, (i) => isValid(app, tokens[i]))).toEqual([false, false, true]);

  expect(ping).toBeLessThan(PATIENCE);
  expect(delay).toBeLessThan(PATIENCE);
}, 300000);

test('an adoption of which every process was killed is ended by the next', async () => {
  const [count, users] = [100000, 100000];
  const server = await startRedis();
  const { redis } = server;
  await writeTokens(redis, count, users, 'shop');
  const adopt = () => startNode(path.join(__dirname, 'adopt.js'), { args: [server.url], timeout: 120000 });
  for (const part of [0.2, 0.5]) {
    const { child, exit } = adopt();
    await until(async () => (await redis.dbsize()) > count + users * part, 60000);
    child.kill('SIGKILL');
    await exit;
    expect(await isAdopted(redis)).toBe(false);
    expect(await countListed(redis, users, 'shop')).toBeLessThan(count);
  }
  const last = adopt();
  await until(() => isAdopted(redis), 60000);
  last.child.stdin.end();
  expect(await last.exit).toMatchObject({ code: 0, stderr: '' });
  expect(await countTokens(redis, count, users, 'shop')).toEqual({ live: count, marked: count, listed: count });
  expect(await countListed(redis, users, 'shop')).toBe(count);
}, 180000);
