'use strict';

const { createApp, everybody, isValid, login, pause, refresh, startFakeWeChat, within } = require('../../support');
const { LIMIT, history, prepare, startLoad, users, verify } = require('./load');
const { disorder } = require('./order');
const { startCluster } = require('./servers');

const CANDIDATES = 30000;

/** Half of what a call may take, in ms: a slot of many keys moves as long as that. */
const HALF = 2500;

/** The slot that most of many users share, and those users. */
async function crowdedSlot(cluster) {
  const { redis } = cluster.nodes[0];
  const asking = redis.pipeline();
  const names = users(CANDIDATES, 'm');
  for (const name of names) asking.cluster('KEYSLOT', `mpauthx:{u:${name}|shop}`);
  const slots = new Map();
  for (const [i, [, slot]] of (await asking.exec()).entries()) slots.set(slot, [...(slots.get(slot) || []), names[i]]);
  return [...slots].sort((a, b) => b[1].length - a[1].length)[0];
}

describe('a Redis Cluster of which a slot moves', () => {
  let cluster;
  let wechat;
  let slot;
  let inSlot;
  beforeAll(async () => {
    cluster = await startCluster({ masters: 3, replicas: 0 });
    wechat = await startFakeWeChat();
    [slot, inSlot] = await crowdedSlot(cluster);
  });

  const open = () => createApp({ wechat, tokens: cluster.tokens, db: everybody() });

  /**
   * Moves the slot to the next master as resharding does: key by key, with `between` after each,
   * then it `tells` every master.
   */
  async function migrate(between, tells = () => {}) {
    const masters = await cluster.ready();
    const from = await cluster.ownerOf(slot);
    const to = masters[(masters.indexOf(from) + 1) % masters.length];
    await to.redis.cluster('SETSLOT', slot, 'IMPORTING', from.id);
    await from.redis.cluster('SETSLOT', slot, 'MIGRATING', to.id);
    let moved = 0;
    for (;;) {
      const [key] = await from.redis.cluster('GETKEYSINSLOT', slot, 1);
      if (key === undefined) break;
      await from.redis.migrate('127.0.0.1', to.port, key, 0, 5000);
      moved += 1;
      await between();
    }
    for (const node of [to, from, ...masters.filter((one) => one !== from && one !== to)]) {
      await node.redis.cluster('SETSLOT', slot, 'NODE', to.id);
      await tells();
    }
    return moved;
  }

  test('answers every login, refresh and check, loses no token and revives none', async () => {
    expect(inSlot.length).toBeGreaterThan(3);
    const app = open();
    const elsewhere = users(6, 'e').map((user) => history(user));
    const pasts = [...elsewhere, ...inSlot.map((user, i) => history(user, { writes: i % 2 === 0 }))];
    await prepare(app, wechat, pasts);
    const load = startLoad(app, wechat, pasts);
    for (let round = 0; round < 3; round += 1) {
      await load.answers(3);
      const moved = await migrate(() => load.answers(1, ['e0', 'e1']));
      expect(moved).toBeGreaterThanOrEqual(3 * inSlot.length); // index, record, time of the refresh
      await load.answers(3);
      for (const node of await cluster.ready()) await node.redis.script('FLUSH');
    }
    const seen = await load.stop();
    expect(seen).toMatchObject({ failed: 0, failures: [], wrong: [] });
    expect(await verify(app, wechat, pasts)).toEqual([]);
    expect(await disorder(await cluster.ready())).toEqual([]);
  });

  /** How often the masters have asked to try again. */
  async function refusals() {
    const texts = await Promise.all((await cluster.ready()).map((node) => node.redis.info('errorstats')));
    return texts.map((text) => Number(/TRYAGAIN:count=(\d+)/.exec(text)?.[1] ?? 0)).reduce((sum, count) => sum + count);
  }

  test('lets a login and a refresh wait while their user is half moved, and does them once', async () => {
    const app = open();
    const [known, first] = inSlot;
    const before = await refresh(app, known);
    const refused = await refusals();
    let calls;
    const held = async () => {
      if (calls) return;
      calls = [login(app, wechat, known), refresh(app, known), login(app, wechat, first)];
      for (const call of calls) call.catch(() => {}); // looked at below
      await pause(HALF);
    };
    await migrate(held, () => pause(100));
    const [found, next, other] = await within(LIMIT, Promise.all(calls), 'calls in a moving slot');
    expect(await refusals()).toBeGreaterThan(refused + 10); // so they notice soon when the slot is there
    expect([before, next]).toContain(found);
    expect(await isValid(app, next)).toBe(true);
    expect(await isValid(app, before)).toBe(false);
    expect(await login(app, wechat, known)).toBe(next);
    expect(await login(app, wechat, first)).toBe(other);
    expect(await disorder(await cluster.ready())).toEqual([]);
  });
});
