'use strict';

// A process of its own that calls every function with anything at all, and prints as JSON what
// should not have happened. Argument: JSON { seed, count, tokens }.

const mpauthx = require('../..');
const { everybody, generator, sample, startFakeWeChat } = require('../support');
const { anyValue, mutate, ODD } = require('../support/odd-values');
const { Pushes } = require('../../lib/testing/fake-wechat/pushes');
const { OUTCOMES } = require('./outcomes');
const recorder = require('./recorder');

const { callSync, makeCalls, run, settled } = recorder;

const callAsync = (app, name, args) => recorder.callAsync(app, name, args, OUTCOMES[name]);

let codes = 0;

/**
 * A login that is right, or nearly: its plaintext, its reply, its three arguments spoiled here and
 * there.
 */
function nearlyRight(random, wechat) {
  const openId = random.pick(['o1', 'o2', "o'3", '字']);
  const text = JSON.stringify({
    openId,
    unionId: random.pick([undefined, null, 'u1']),
    watermark: { appid: sample.appId },
  });
  const spoil = (value) => (random.below(8) === 0 ? mutate(random, value) : value);
  const sealed = wechat.seal(spoil(text));
  codes += 1;
  const code = `code ${codes}`;
  const named = random.below(8) === 0 ? 'somebody else' : openId;
  const reply = spoil(JSON.stringify({ openid: named, session_key: spoil(sealed.sessionKey) }));
  wechat.answer(code, { raw: { status: 200, body: reply } });
  return [code, spoil(sealed.encryptedData), spoil(sealed.iv)];
}

/** Every odd value in every place of every function, whatever the seed. */
async function sweep(app, wechat) {
  const login = () => {
    const { code, encryptedData, iv } = wechat.user({ openId: 'o1' });
    return [code, encryptedData, iv];
  };
  for (const odd of ODD) {
    const inPlace = (args, place) => args.map((arg, i) => (i === place ? odd() : arg));
    await Promise.all([
      ...[0, 1, 2].map((place) => callAsync(app, 'authorize', inPlace(login(), place))),
      callAsync(app, 'refreshToken', [odd()]),
      callAsync(app, 'isTokenValid', [odd()]),
      ...[0, 1, 2, 3, 4, 5].map((place) => factory([...inPlace(FACTORY, place), { tokens: 'memory' }])),
      ...['wechat', 'users', 'createTable', 'x'].map((name) =>
        factory([...FACTORY, { tokens: 'memory', [name]: odd() }]),
      ),
      // An object as options would go to whatever redis there is at the default address.
      typeof odd() !== 'object' && odd() !== undefined && factory([...FACTORY, odd()]),
    ]);
    extract(app, 'extractOpenId', [odd()]);
    extract(app, 'extractSku', [odd()]);
  }
}

const PUSH = { token: 'PushToken', encodingAESKey: 'A'.repeat(43) };

const FACTORY = ['wx', 'secret', 'shop', null, null, '60'];

const extract = (app, name, args) =>
  callSync(
    name,
    args,
    () => app[name](...args),
    (value) => value === null || typeof value === 'string',
  );

const identify = (app, args) =>
  callSync(
    'identify',
    args,
    () => app.wechat.identify(...args),
    (value) => value === null,
  );

function factory(args) {
  const isObject = (value) => typeof value?.authorize === 'function';
  const app = callSync('factory', args, () => mpauthx(...args), isObject);
  return app && recorder.close(app);
}

async function main({ seed, count, tokens }) {
  const random = generator(seed);
  const wechat = await startFakeWeChat();
  const app = mpauthx(sample.appId, 'secret', 'shop', everybody(), null, null, {
    tokens,
    sessionKeys: true,
    wechat: { endpoint: wechat.endpoint, push: PUSH },
  });
  const pushes = new Pushes({ appId: sample.appId, ...PUSH });
  const issue = async () => (await app.sessions.issue('a user of one token')).token;
  const sensible = [
    await issue(),
    'o1',
    'shop',
    sample.iv,
    sample.encryptedData,
    'redis://127.0.0.1:6379',
    'memory',
    '60',
  ];
  const any = () => anyValue(random, sensible);
  const anyArgs = (most) => Array.from({ length: random.below(most + 1) }, any);
  const orAny = (value) => (random.below(3) ? value : any());
  const anyOptions = () => ({ tokens: 'memory', [random.pick(['wechat', 'users', 'createTable', 'x'])]: orAny(null) });

  /** A message push that is right, or spoiled somewhere. */
  const nearlyPushed = () => {
    const { query, body } = pushes.message({ MsgType: 'event' }, random.below(4) ? {} : { timestamp: 1 });
    return { query: orAny({ ...query, nonce: orAny(query.nonce) }), body: orAny(body) };
  };

  /** Options of a request, of which one at most is wrong. */
  const anyRequest = () =>
    random.pick([
      () => ({ body: any() }),
      () => ({ query: any() }),
      () => ({ query: { a: any() }, as: 'bytes' }),
      () => ({ [random.pick(['method', 'as', 'timeout', 'retry', 'x'])]: any() }),
    ])();

  /** Calls whose options are mostly right, as one that is not ends them. */
  const withOptions = (name, first) => ({
    [name]: () => callAsync(app, name, [orAny(first()), orAny(random.pick([undefined, null, {}]))]),
  });

  const call = {
    authorize: () => callAsync(app, 'authorize', random.below(2) ? anyArgs(4) : nearlyRight(random, wechat)),
    ...withOptions('login', () => 'a-code'),
    isTokenValid: () => callAsync(app, 'isTokenValid', [orAny(sensible[0])]),
    ...withOptions('verify', () => sensible[0]),
    ...withOptions('sessions.rotate', () => sensible[0]),
    'wechat.receive': () => callAsync(app, 'wechat.receive', [orAny(nearlyPushed())]),
    'wechat.request': () => callAsync(app, 'wechat.request', [orAny('/any/path'), orAny(anyRequest())]),
    ...withOptions('wechat.accessToken', () => undefined),
    identify: () => identify(app, anyArgs(2)),
    extractOpenId: () => extract(app, 'extractOpenId', anyArgs(2)),
    extractSku: () => extract(app, 'extractSku', anyArgs(2)),
    close: () => recorder.close(mpauthx('a', 'b', 'c', null, null, null, { tokens: 'memory' }), ...anyArgs(2)),
    // With tokens in memory: it is the arguments that matter here, and no redis of anybody else's.
    factory: () => factory([...FACTORY.map(orAny), anyOptions()]),
  };
  for (const name of Object.keys(OUTCOMES)) call[name] ??= () => callAsync(app, name, anyArgs(3));
  const names = [...Object.keys(OUTCOMES), 'extractOpenId', 'extractSku', 'identify'];

  await settled([sweep(app, wechat)], 'a call of the sweep');
  const once = () => call[random.below(50) ? random.pick(names) : random.pick(['close', 'factory'])]();
  const between = async () => {
    sensible[0] = await issue(); // it may have been ended
  };
  const calls = await makeCalls((made) => made >= count, once, between);

  await app.isTokenValid((await app.refreshToken('o1')).response); // and it still works
  await app.close();
  await wechat.close();
  return calls;
}

run(main);
