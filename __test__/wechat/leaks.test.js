'use strict';

// Whatever WeChat answers, no error holds what is secret or a user's.

const { inspect } = require('node:util');
const { createApp, everybody, generator, startFakeWeChat } = require('../support');

const ROUNDS = 900;

const random = generator();
const { pick } = random;

/** As WeChat makes them. */
const SECRET = random.bytes(16).toString('hex');
const SESSION_KEY = random.bytes(16).toString('base64');
const OPEN_ID = `o${random.bytes(20).toString('base64url').slice(0, 27)}`;
const UNION_ID = `u${random.bytes(20).toString('base64url').slice(0, 27)}`;

const PATHS = {
  request: '/any/path',
  stable: '/cgi-bin/stable_token',
  phone: '/wxa/business/getuserphonenumber',
  check: '/wxa/checksession',
  login: '/sns/jscode2session',
};

let wechat;
let app;
let token;

beforeAll(async () => {
  wechat = await startFakeWeChat({ limits: { forceInterval: 0, forcedADay: 1e9 } });
});
beforeEach(async () => {
  app = createApp({ wechat, secret: SECRET, db: everybody(), options: { sessionKeys: true } });
  ({ token } = await app.login(user()));
});

const user = () => wechat.user({ openId: OPEN_ID, unionId: UNION_ID, sessionKey: SESSION_KEY }).code;

/** Each call, and whose reply is to be wrong. */
const CALLS = {
  get: [PATHS.request, () => app.wechat.request(PATHS.request, { query: { openid: OPEN_ID, key: SESSION_KEY } })],
  post: [
    PATHS.request,
    () => app.wechat.request(PATHS.request, { body: { touser: OPEN_ID, list: [SESSION_KEY, SECRET] } }),
  ],
  text: [PATHS.request, () => app.wechat.request(PATHS.request, { body: `openid=${OPEN_ID}&secret=${SECRET}` })],
  bytes: [
    PATHS.request,
    () => app.wechat.request(PATHS.request, { body: Buffer.from(`\xff\0${OPEN_ID}`), as: 'bytes' }),
  ],
  form: [PATHS.request, () => app.wechat.request(PATHS.request, { body: form(), as: 'bytes' })],
  phone: [PATHS.phone, () => app.wechat.getPhoneNumber(wechat.phone(), { openId: OPEN_ID })],
  check: [PATHS.check, () => app.wechat.checkSession(token)],
  login: [PATHS.login, () => app.login(user())],
  accessToken: [PATHS.stable, async () => app.wechat.accessToken({ invalid: await app.wechat.accessToken() })],
};

function form() {
  const body = new FormData();
  body.append('openid', OPEN_ID);
  body.append('media', new Blob([random.bytes(64)]));
  return body;
}

/** What an error must not hold: all that WeChat was sent, or names in its reply. */
const secrets = () => [SECRET, SESSION_KEY, OPEN_ID, UNION_ID, ...wechat.accessTokens().slice(-4)];

const decoded = (url) => decodeURIComponent(url.replace(/\+/g, ' '));

/** Texts that repeat what came with the request. */
const ECHOES = [
  ({ url }) => url,
  ({ url }) => decoded(url),
  ({ body }) => body,
  ({ body }) => body.replace(/["\s]/g, ''),
  ({ headers }) => JSON.stringify(headers),
  ({ url, body }) => `hint: [${url}${body}]`,
];

/** One of the secrets that came with the request, with letters around it or cut. */
function repeated({ url, body }) {
  const came = `${decoded(url)} ${body}`;
  const secret = pick([...secrets().filter((each) => came.includes(each)), 'nothing']);
  const frames = [
    `invalid ${secret}`,
    `x${secret}y`,
    `a=${secret}&b`,
    `rid: ${secret}`,
    `"${secret}"`,
    `{"touser":"${secret}"}`,
    encodeURIComponent(secret),
    `${secret}${secret}`,
    `微信${secret}微信`,
  ];
  return pick(frames);
}

const errcodes = [-1, 40001, 42001, 40029, 40163, 45009, 45011, 43101, 87009, 1, 99999999, '40003', '-1', 1.5, null];

/** What is named beside an errcode, and repeated in the text. */
const NAMED = {
  [PATHS.login]: () =>
    pick(['openid', 'unionid']) === 'openid' ? named('openid', OPEN_ID) : named('unionid', UNION_ID),
  [PATHS.stable]: () => named('access_token', wechat.accessToken().access_token),
};
const named = (name, value) => ({ [name]: value, errmsg: `invalid ${name}: ${value}.` });

/** A reply that is wrong somehow. */
function reply(request) {
  const errmsg = pick([() => pick(ECHOES)(request), () => repeated(request)])();
  const json = JSON.stringify({ errcode: pick(errcodes), errmsg, ...pick([() => ({}), NAMED[request.path]])?.() });
  const body = pick([
    () => json,
    () => json,
    () => json,
    () => json.slice(0, random.below(json.length)),
    () => `<html><body>${errmsg}</body></html>`,
    () => errmsg,
    () => JSON.stringify([errmsg]),
    () => JSON.stringify(errmsg),
    () => JSON.stringify({ errcode: 0, [errmsg]: errmsg }),
    () => JSON.stringify({ errcode: { errmsg }, errmsg: [errmsg] }),
    () => 'null',
    () => '',
  ])();
  const status = pick([200, 200, 200, 400, 401, 403, 404, 500, 502, 503, 302]);
  return {
    status,
    headers: status === 302 ? { Location: `http://127.0.0.1:1/?${encodeURIComponent(errmsg)}` } : {},
    body,
  };
}

/** Answers wrongly, or cuts the connection. */
function wrong(req, res) {
  const { body = '', path } = wechat.requests.at(-1);
  if (random.below(20) === 0) return res.destroy();
  const answer = reply({ url: req.url, headers: req.headers, body, path });
  return res.writeHead(answer.status, answer.headers).end(answer.body);
}

/** All that can be read from an error, by whatever prints it. */
function everything(error) {
  const all = [error, error.cause].filter(Boolean);
  return all
    .flatMap((each) => [
      String(each),
      each.stack,
      JSON.stringify(each),
      inspect(each, { depth: null, showHidden: true }),
      ...Object.getOwnPropertyNames(each).map((name) => String(each[name])),
    ])
    .join('\n');
}

const forms = (secret) => [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').slice(0, -4)];

test('no error holds a secret, an access token, a session key or an openid, whatever WeChat answers', async () => {
  const names = Object.keys(CALLS);
  const counts = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    const name = names[round % names.length];
    const [path, call] = CALLS[name];
    wechat.interrupt(path, wrong, wrong);
    const error = await call().then(
      () => undefined,
      (reason) => reason,
    );
    if (!error) continue;
    counts[name] = (counts[name] ?? 0) + 1;
    const text = everything(error);
    const found = secrets().filter((secret) => forms(secret).some((form) => text.includes(form)));
    expect({ seed: random.seed, round, name, found, text: found.length > 0 ? text : '' }).toEqual({
      seed: random.seed,
      round,
      name,
      found: [],
      text: '',
    });
  }
  for (const name of names) expect(counts[name]).toBeGreaterThan(3);
}, 120000);
