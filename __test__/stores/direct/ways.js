'use strict';

// Checks of many tokens while sessions begin and end, with the short way on, off, and failing at
// random. Not one verdict may be wrong, and no call may take longer than its deadline.

const { createApp, everybody, issue, startRedis, within } = require('../../support');
const { generator } = require('../../support/random');
const { tcpProxy } = require('../../support/tcp-proxy');
const { pause } = require('../../support/wait');
const { countOrdinary, isShortWay, turnOff, untilDirect } = require('./support');

const DEADLINE = 5000;

/** What may happen to what comes back on the short way. */
const FAULTS = [
  (piece, client) => client.destroy(piece),
  (piece, client) => client.write(piece.subarray(0, piece.length >> 1)) && client.destroy(),
  () => {}, // nothing more is heard of it
  async (piece, client, random) => {
    await pause(random.below(120));
    client.write(piece);
  },
  async (piece, client) => {
    for (const byte of piece) {
      client.write(Buffer.from([byte]));
      if (byte === 10) await pause(1);
    }
  },
  (piece, client, random) => {
    const garbled = Buffer.from(piece);
    garbled[random.below(garbled.length)] ^= 1 << random.below(8);
    client.write(garbled);
  },
];

/** A proxy that does no harm but to the short way. */
function faultyProxy(port, random) {
  return tcpProxy(port, () => {
    let isShort = false;
    return {
      toServer(piece, server) {
        isShort ||= isShortWay(piece);
        server.write(piece);
      },
      toClient(piece, client) {
        if (isShort && random.below(20) === 0) return random.pick(FAULTS)(piece, client, random);
        client.write(piece);
        return undefined;
      },
    };
  });
}

/** Runs for `time` ms. */
function checksAreRight(time) {
  let server;
  beforeAll(async () => {
    server = await startRedis();
  });
  beforeEach(() => server.redis.flushall());
  afterEach(() => jest.restoreAllMocks());

  test.each(['on', 'off', 'failing'])(
    'with the short way %s, no verdict is wrong',
    async (way) => {
      const random = generator();
      const url = way === 'failing' ? (await faultyProxy(server.port, random)).url : server.url;
      const tokens = { url, deadline: DEADLINE, layout: random.pick(['compatible', 'tagged']) };
      const app = createApp({ tokens, db: everybody(), options: { sessions: { mode: 'each' } } });
      const live = await Promise.all(Array.from({ length: 20 }, (_, i) => issue(app, `o${i}`)));
      const dead = await Promise.all(Array.from({ length: 20 }, (_, i) => issue(app, `d${i}`)));
      for (const token of dead) await app.sessions.revoke(token);
      if (way === 'off') turnOff();
      if (way === 'on') await untilDirect(app, live[0]);
      const ordinary = countOrdinary();
      const wrong = [];
      let count = 0;
      const end = Date.now() + time;

      const check = async (token, isLive) => {
        const call = random.below(2) ? app.verify(token) : app.isTokenValid(token);
        const found = await within(DEADLINE + 2000, call).then(
          () => true,
          (error) => (error === undefined || error.code === 6007 ? false : error),
        );
        count += 1;
        if (found !== isLive) wrong.push([random.seed, way, isLive, `${found}`]);
      };
      const checker = async () => {
        while (Date.now() < end) {
          await check(random.pick(live), true);
          await check(random.pick(dead), false);
          if (random.below(50) === 0) await pause(random.below(20));
        }
      };
      const changer = async (user) => {
        while (Date.now() < end) {
          const token = await issue(app, user);
          await check(token, true);
          const next = random.below(2) ? (await app.sessions.rotate(token, { grace: 0 })).token : undefined;
          if (next) await check(next, true);
          else await app.sessions.revokeUser(user);
          await check(token, false);
          if (next) await app.sessions.revoke(next);
        }
      };
      await Promise.all([...Array.from({ length: 12 }, checker), changer('c1'), changer('c2')]);
      expect(wrong).toEqual([]);
      expect(count).toBeGreaterThan(100);
      if (way === 'off') expect(ordinary()).toBe(count);
      else expect(ordinary()).toBeLessThan(count);
    },
    time + 60000,
  );
}

module.exports = { checksAreRight };
