'use strict';

// What takes several round trips to redis is met by every other call between any two of them: one
// object reaches redis slowly, another changes the same sessions meanwhile, at each moment once.

const { createApp, everybody, issue, pause, startFakeWeChat, startRedis, writeLegacyToken } = require('../../support');
const { slowProxy } = require('../../support/tcp-proxy');
const { State } = require('../conformance/session-model');
const { createWitness, LONG } = require('../conformance/session-witness');

/** A round trip of the slow one takes so long, in milliseconds, and no call takes more of them. */
const TRIP = 20;
const TRIPS = 6;
const MOMENTS = Array.from({ length: TRIPS }, (_, i) => (i + 0.5) * TRIP);

/** For a busy machine, in milliseconds. */
const PATIENCE = 90000;

/** Scenes that are played at the same time, each by a user of its own. */
const TOGETHER = 160;

const ON_TOKENS = [
  { kind: 'check' },
  { kind: 'inspect' },
  { kind: 'revoke' },
  { kind: 'rotate', grace: 'grace' },
  { kind: 'rotate', grace: 'spent' },
];
/** Of a user, with the name of one of the tokens for something else than for what is asked. */
const BESIDE_TOKENS = [{ kind: 'revokeById' }, { kind: 'revokeUser', as: 'except' }, { kind: 'list', as: 'current' }];
const ON_USERS = ['issue', 'login', 'list', 'refresh', 'revokeUser'].map((kind) => ({ kind }));

/** A call that changes nothing: made by the fast one, it disturbs nobody. */
const isLook = ({ kind, name }) => kind === 'list' || ((kind === 'check' || kind === 'inspect') && name !== 'spent');

const nameOf = ({ kind, as = '', name = '', grace = '' }) => [kind, as, name, grace].filter(Boolean).join(' ');

/** A WeChat without a network, so that a login takes the time of its steps to redis. */
async function atHand() {
  const fake = await startFakeWeChat();
  const replies = new Map();
  const user = (given) => {
    const made = fake.user(given);
    replies.set(made.code, { openid: given.openId, session_key: made.sessionKey });
    return made;
  };
  return { wechat: { user }, exchange: async (code) => replies.get(code) };
}

describe.each([
  ['shared', {}, { each: false }],
  ['each', { mode: 'each', max: 2 }, { each: true, max: 2 }],
])("in mode '%s'", (_mode, sessions, given) => {
  let policy;
  let server;
  let slow;
  let fast;
  let count = 0;
  beforeAll(async () => {
    server = await startRedis();
    const { wechat, exchange } = await atHand();
    policy = { wechat, ...given };
    const open = (tokens) => createApp({ tokens, db: everybody(), options: { sessions, wechat: { exchange } } });
    slow = { app: open((await slowProxy(server.port, TRIP)).url), at: 'slow' };
    fast = { app: open(server.url), at: 'fast' };
    await issue(slow.app, 'first'); // is connected, and knows its scripts
    await issue(fast.app, 'first');
  });

  /**
   * Lets the slow object begin one call and the fast one make another at that moment. What is live
   * then is told by the model.
   */
  async function play({ first, second, moment, prepare }) {
    count += 1;
    const user = `o${count}`;
    const owner = `${user}|shop`;
    const { witness, names } = await prepare(user, owner);
    const call = (of, { name, as = 'token', ...given }) => ({
      ...of,
      ...given,
      ...{ user, owner, owners: [owner] },
      ...(name && { [as]: names[name] }),
    });
    const calls = [call(slow, first), call(fast, second)];
    await Promise.all([witness.make(calls[0]), pause(moment).then(() => witness.make(calls[1]))]);
    witness.judge(...calls);
    const rest = [call(fast, { kind: 'list' }), ...witness.tokens.map((token) => ({ ...fast, kind: 'check', token }))];
    for (const one of rest) {
      await witness.make(one);
      witness.judge(one);
    }
  }

  /** Plays all scenes, many at a time; the failures, each pair of calls once. */
  async function failures(scenes) {
    const failed = new Map();
    for (let i = 0; i < scenes.length; i += TOGETHER) {
      await Promise.all(
        scenes.slice(i, i + TOGETHER).map((scene) =>
          play(scene).catch((error) => {
            failed.set(`${nameOf(scene.first)} / ${nameOf(scene.second)}`, error.message);
          }),
        ),
      );
    }
    return [...failed].map(([pair, message]) => `${pair}: ${message}`);
  }

  const scenesOf = (calls, prepare) =>
    calls.flatMap((first) =>
      calls
        .filter((second) => !isLook(second))
        .flatMap((second) => MOMENTS.map((moment) => ({ first, second, moment, prepare }))),
    );

  test(
    'no call shows or leaves what no order of the two explains',
    async () => {
      /** Two names of a session in their grace, one that is spent, and its token. */
      const prepare = async (user, owner) => {
        const witness = createWitness(policy);
        const say = async (call) => {
          const given = { ...fast, ...call };
          await witness.make(given);
          witness.judge(given);
          return given.answer;
        };
        const old = await say({ kind: 'issue', user, owner });
        const spent = await say({ kind: 'rotate', token: old, grace: 'grace' });
        const late = await say({ kind: 'rotate', token: spent, grace: 'spent' });
        const live = await say({ kind: 'rotate', token: late, grace: 'grace' });
        await pause(5);
        return { witness, names: { old, spent, live } };
      };
      const calls = [
        ...['old', 'spent', 'live'].flatMap((name) =>
          [...ON_TOKENS, ...BESIDE_TOKENS].map((one) => ({ ...one, name })),
        ),
        ...ON_USERS,
      ];
      expect(await failures(scenesOf(calls, prepare))).toEqual([]);
    },
    PATIENCE,
  );

  test(
    'nor of a token of 1.3.2 that nobody has seen',
    async () => {
      const prepare = async (user, owner) => {
        const from = Date.now() - 60000;
        const token = await writeLegacyToken(server.redis, user, 'shop', { ctime: from, ttl: LONG });
        const session = { owner, token, born: { from, to: from }, brief: false, olds: {} };
        return { witness: createWitness(policy, new State().with(session)), names: { live: token } };
      };
      const calls = [...ON_TOKENS, { kind: 'revokeUser', as: 'except' }].map((one) => ({ ...one, name: 'live' }));
      expect(await failures(scenesOf([...calls, { kind: 'refresh' }], prepare))).toEqual([]);
    },
    PATIENCE,
  );
});
