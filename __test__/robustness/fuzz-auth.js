'use strict';

// A process of its own that calls every function of an object of createAuth, and the routes and
// guards on the Fetch API, with anything at all, where the application's own functions answer with
// anything too. It prints as JSON what should not have happened. Argument: JSON { seed, count }, or
// { seconds }.

const { createAuth } = require('../..');
const web = require('../../lib/adapters/web.js');
const { Pushes } = require('../../lib/testing/fake-wechat/pushes');
const { everybody, generator, sample, startFakeWeChat } = require('../support');
const { anyValue, mutate, ODD } = require('../support/odd-values');
const { OUTCOMES, isIssued } = require('./outcomes');
const { callAsync, callSync, close, fault, kinds, makeCalls, run, show } = require('./recorder');

const PUSH = { token: 'PushToken', encodingAESKey: 'A'.repeat(43) };

const RIGHT = { appId: sample.appId, secret: 'secret', sku: 'shop', tokens: 'memory' };

/** What only the factory of 1.3.2 has. */
const NAMES = Object.keys(OUTCOMES).filter((name) => !['authorize', 'isTokenValid', 'refreshToken'].includes(name));

/** The options of createAuth with options of their own. */
const NESTED = {
  sessions: ['mode', 'max', 'idle', 'x'],
  cache: ['maxTokens', 'maxAge', 'x'],
  wechat: ['endpoint', 'proxy', 'timeout', 'retries', 'exchange', 'accessToken', 'cloud', 'push', 'x'],
};

const OWN = [
  'appId',
  'secret',
  'sku',
  'db',
  'redisPass',
  'ttl',
  'resolveUser',
  'users',
  'sessionKeys',
  'createTable',
  'x',
];

const STATUSES = new Set([400, 401, 403, 404, 429, 500, 502, 503]);

/** What the application's function threw. */
const THROWN = new Error('of the application');

/** What gives a token may give: not every object knows whether a user is new. */
const FINE = { login: isIssued, 'sessions.issue': isIssued };

/** The errors of createAuth's objects have what frameworks answer with. */
function isClear(error) {
  if (error === THROWN || isOfResolver(error)) return true;
  const { name, status, expose } = Object(error);
  return name === 'MpauthxError' && STATUSES.has(status) && expose === status < 500;
}

/** What the application hears of its own function, or of a value that nobody can await. */
const OF_RESOLVER = /^resolveUser gave |^a value of the test was looked at|on a proxy that has been revoked$/;
const isOfResolver = (error) => error instanceof Error && OF_RESOLVER.test(error.message);

/** The application's function, which answers with anything at all, or throws, or never in time. */
const anything = (random, any) => async () => {
  if (random.below(3) === 0) throw THROWN;
  return any();
};

function open(random, any, wechat) {
  const endpoint = wechat.endpoint;
  const hostile = anything(random, any);
  return [
    createAuth({ ...RIGHT, sessionKeys: true, wechat: { endpoint, push: PUSH } }),
    createAuth({ ...RIGHT, sessions: { mode: 'shared' }, resolveUser: hostile, wechat: { endpoint, push: PUSH } }),
    createAuth({ ...RIGHT, resolveUser: hostile, wechat: { endpoint, exchange: hostile, accessToken: hostile } }),
    createAuth({ ...RIGHT, sessions: { idle: 60 }, db: everybody(), wechat: { endpoint } }),
  ];
}

/** An option or two are anything; none of them leads to anybody's redis or makes a file. */
function anyOptions(random, any) {
  const options = { ...RIGHT };
  const outer = random.pick(Object.keys(NESTED));
  if (random.below(2)) options[random.pick(OWN)] = any();
  if (random.below(2)) options[outer] = random.below(3) ? { [random.pick(NESTED[outer])]: any() } : any();
  if (random.below(10) === 0) options.tokens = random.pick(ODD)();
  return random.below(20) ? options : any();
}

async function make(random, any) {
  const options = anyOptions(random, any);
  const isObject = (value) => typeof value?.verify === 'function' && value.authorize === undefined;
  const auth = callSync('createAuth', [options], () => createAuth(options), isObject);
  if (auth) await close(auth);
}

const METHODS = ['GET', 'POST', 'DELETE', 'PUT', 'HEAD'];
const PATHS = ['login', 'renew', 'logout', 'sessions', 'sessions/x', 'sessions/%ff', 'x', ''];
const ROUTES = ['POST login', 'POST renew', 'POST logout', 'GET sessions', 'DELETE sessions/x'];

/** A request to one of the routes that is right, or nearly. */
function anyRequest(random, texts, body) {
  const mostly = (right, other) => (random.below(4) ? right : other());
  const route = mostly(random.pick(ROUTES), () => `${random.pick(METHODS)} ${random.pick(PATHS)}`);
  const [method, path] = route.split(' ');
  const headers = new Headers();
  const put = (name, text) =>
    headers.set(
      name,
      Buffer.from(String(text))
        .toString('latin1')
        .replace(/[\0\r\n]/g, ''),
    );
  const scheme = mostly('Bearer ', () => random.pick(['bearer', 'Basic ', '']));
  if (random.below(4)) put('authorization', `${scheme}${random.pick(texts)}`);
  if (random.below(4))
    put(
      'content-type',
      mostly('application/json', () => random.pick(['text/plain', 'x'])),
    );
  const sent = method === 'GET' || method === 'HEAD' ? undefined : body;
  return new Request(`http://h/auth/${path}`, { method, headers, body: sent });
}

async function answers(name, handler, request) {
  const shown = [request.method, request.url, show(request.headers)];
  try {
    const answer = await handler(request);
    const text = await answer.text();
    kinds.add(`${name}: ${answer.status}`);
    const isWrong =
      answer.status === 500 && !/"(An option of mpauthx that this needs is not set|Internal error)"/.test(text);
    if (!(answer instanceof Response) || isWrong) fault(name, shown, `answered ${answer.status} ${text}`);
  } catch (error) {
    if (error !== THROWN) fault(name, shown, `threw ${show(error)}`);
  }
}

async function main({ seed, count, seconds }) {
  const random = generator(seed);
  const wechat = await startFakeWeChat();
  const sensible = ['', 'o1', 'shop', sample.iv, sample.encryptedData, '{"code":"a-code","device":"d"}', '60', '{}'];
  const any = () => anyValue(random, sensible);
  const auths = open(random, any, wechat);
  const pushes = new Pushes({ appId: sample.appId, ...PUSH });
  const orAny = (value) => (random.below(5) ? value : any());
  const text = () => mutate(random, random.pick(sensible));
  const anyArgs = (most) => Array.from({ length: random.below(most + 1) }, any);

  /** Arguments that are right, but for one or two. */
  const nearly = {
    login: () => [orAny(wechat.user({ openId: random.pick(['o1', 'o2']) }).code), orAny({ device: orAny('d') })],
    verify: () => [orAny(sensible[0]), orAny({ fresh: orAny(true), skus: orAny(['shop']) })],
    'sessions.issue': () => [orAny('o1'), orAny({ openId: orAny('o1'), replace: orAny(sensible[0]) })],
    'sessions.list': () => [orAny('o1'), orAny({ current: orAny(sensible[0]) })],
    'sessions.revokeUser': () => [orAny('o1'), orAny({ except: orAny(sensible[0]), allSkus: orAny(true) })],
    'sessions.rotate': () => [orAny(sensible[0]), orAny({ grace: orAny(1), skus: orAny(['shop']) })],
    'wechat.decryptData': () => [orAny(sensible[0]), orAny(sample.encryptedData), orAny(sample.iv)],
    'wechat.sign': () => [orAny(sensible[0]), orAny('text')],
    'wechat.receive': () => [orAny(pushes.message(random.pick([{ MsgType: 'event' }, text()])))],
    'wechat.request': () => [orAny('/any/path'), orAny({ body: orAny({}), timeout: orAny(1000), as: orAny('json') })],
  };

  /** Mostly what belongs to the first object, whose tokens and codes these are. */
  const pickOf = (list) => list[random.below(3) ? random.below(list.length) : 0];

  const method = () => {
    const auth = pickOf(auths);
    const name = random.pick(NAMES);
    const args = nearly[name] && random.below(4) ? nearly[name]() : anyArgs(4);
    const clear = (error) => isClear(error) || (name === 'wechat.request' && error instanceof TypeError);
    return callAsync(auth, name, args, [FINE[name] ?? OUTCOMES[name][0], clear]);
  };

  const handlers = auths.map((auth) => [
    ['routes', web.routes(auth, { prefix: '/auth', onLogin: anything(random, any), onError: () => undefined })],
    ['guard', web.guard(auth, (_, session) => new Response(session.userId))],
    ...(auth === auths[0] ? [['push', web.push(auth, anything(random, any))]] : []),
  ]);
  const request = () => {
    const right = () => JSON.stringify({ code: wechat.user({ openId: 'o1' }).code, device: random.pick(sensible) });
    const body = random.pick([right, right, text, () => random.bytes(50), () => 'x'.repeat(20000)])();
    return answers(...random.pick(pickOf(handlers)), anyRequest(random, [sensible[0], text()], body));
  };

  const once = () => {
    const kind = random.below(20);
    if (kind === 0) return make(random, any);
    return kind < 5 ? request() : method();
  };
  const between = async () => {
    const { token } = await auths[0].login(wechat.user({ openId: 'o1' }).code);
    sensible[0] = token;
  };
  const end = Date.now() + 1000 * seconds;
  await between();
  const calls = await makeCalls((made) => (seconds ? Date.now() > end : made >= count), once, between);
  await auths[0].verify(sensible[0]); // and it still works
  await Promise.all(auths.map((auth) => close(auth)));
  await wechat.close();
  return calls;
}

run(main);
