'use strict';

const path = require('node:path');
const { Pushes } = require('../../lib/testing/fake-wechat/pushes');
const net = require('node:net');
const { once } = require('node:events');
const {
  createApp,
  createUserTable,
  dbExec,
  defer,
  everybody,
  login,
  mpauthx,
  openSqlite,
  sample,
  startFakeWeChat,
  startRedis,
  tempDir,
  writeLegacyToken,
} = require('../support');

// What no error and no output may hold. Each is found nowhere else.
const SECRETS = {
  secret: 'APPSECRETd41d8cd98f00b204',
  sessionKey: Buffer.from('SESSIONKEY-16-by').toString('base64'),
  redisPass: 'REDISPASSWORD-correct-horse',
  openId: 'OPENIDoGZUI0egBJY1zhBYw2K',
  unionId: 'UNIONIDocMvos6NjeKLIBqg5M',
  nickName: 'NICKNAME-Band',
  city: 'CITY-Guangzhou',
  session: 'deadbeef'.repeat(8),
  code: 'LOGINCODE-0a3bXq000s8KxT1t',
  pushToken: 'PUSHTOKEN0123456789',
  pushKey: 'PUSHKEY890123456789012345678901234567890123',
};

const { secret, sessionKey, redisPass, openId, unionId, nickName, city, session, code, pushToken, pushKey } = SECRETS;
const TOKEN = `${openId}|shop|${session}`;
const PERSONAL = { nickName, city };

/** Every kind of failure, as functions that fail; `setUp` makes what they fail on. */
async function setUp() {
  const redis = await startRedis({ password: redisPass });
  const gone = await startRedis({ password: redisPass });
  await gone.stop();
  const wechat = await startFakeWeChat();
  const deaf = await startFakeWeChat();
  await deaf.close();
  const broken = await openSqlite(path.join(tempDir(), 'broken.db'));
  await dbExec(broken, 'CREATE TABLE user (openId TEXT PRIMARY KEY, n TEXT NOT NULL)');
  const empty = await openSqlite(path.join(tempDir(), 'empty.db'));
  const users = await openSqlite(path.join(tempDir(), 'users.db'));
  await createUserTable(users);

  const open = (given) => createApp({ redis, wechat, secret, db: everybody(), ...given });
  const user = (extra, given) =>
    wechat.user({ openId, unionId, sessionKey, extra: { ...PERSONAL, ...extra }, ...given });
  const authorize = (app, { code, encryptedData, iv }) => app.authorize(code, encryptedData, iv);
  const answered = (reply, given) => {
    const made = user();
    wechat.answer(made.code, reply);
    return authorize(open(given), made);
  };
  const raw = (status, body, headers) => ({ raw: { status, body, headers } });
  const reply = JSON.stringify({ openid: openId, session_key: sessionKey, secret });
  const factory = (options) => () => mpauthx(sample.appId, secret, 'shop', null, redisPass, null, options);
  const app = open();
  await writeLegacyToken(redis.redis, openId, 'shop');
  await redis.redis.set(`mpauthx:{u:${openId}|wrong}`, 'not an index');
  await redis.redis.zadd(`mpauthx:{u:${openId}|odd}`, 1, TOKEN.slice(0, -1));
  await redis.redis.zadd(`mpauthx:{u:${unionId}|odd}`, 1, TOKEN.slice(0, -1));
  const closed = open();
  await closed.close();
  const keeping = open({ options: { sessionKeys: true } });
  const kept = (await keeping.login(user().code)).token;
  const push = { token: pushToken, encodingAESKey: pushKey };
  const receiving = open({ options: { wechat: { push } } });
  const pushes = (given) => new Pushes({ appId: sample.appId, ...push, ...given });
  const saying = (options) => open({ options: { wechat: options } });
  const quoting = (text) => ({ errcode: 40029, errmsg: `invalid code ${text}, rid: 1-2-3` });

  return {
    'a missing argument': () => app.authorize('code', TOKEN, null),
    'a refusal': () => authorize(app, { ...user(), code: 'unknown' }),
    'a refusal that quotes the secret': () =>
      answered({ errcode: 40125, errmsg: `invalid appsecret ${secret}, rid: 1-2-3` }),
    'a refusal beside personal data': () => answered({ errcode: -1, errmsg: 'busy', openid: openId, unionid: unionId }),
    'a status of 500 with a body': () => answered(raw(500, reply)),
    'a redirect with the secret in it': () =>
      answered(raw(302, reply, { Location: `http://127.0.0.1/?secret=${secret}` })),
    'a reply that is no JSON': () => answered(raw(200, `${reply}x`)),
    'a reply that is no HTTP': async () => {
      const server = net.createServer((socket) => socket.end(reply));
      defer(() => server.close());
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const endpoint = `http://127.0.0.1:${server.address().port}`;
      await authorize(open({ wechat: { endpoint } }), user());
    },
    'a connection that is cut': () => answered((_req, res) => res.destroy()),
    'nobody there': () => authorize(open({ wechat: deaf }), user()),
    'no answer': () => answered(() => {}, { options: { wechat: { timeout: 100 } } }),
    'no session key': () => answered({ openid: openId, unionid: unionId }),
    'a wrong session key': () => answered({ openid: openId, session_key: Buffer.alloc(16).toString('base64') }),
    'a session key of a wrong size': () => answered({ openid: openId, session_key: `${sessionKey.slice(0, -2)}AA` }),
    'another watermark': () => authorize(app, user({ watermark: { appid: 'wx1' } })),
    'data that are no JSON': () => {
      const made = user();
      const text = JSON.stringify({ openId, ...PERSONAL });
      return authorize(app, { ...made, ...wechat.seal(`${text}x`, { sessionKey }) });
    },
    'another openid': () => authorize(app, user({ openId: `${openId}x` })),
    'an unknown user': () => open({ db: users }).refreshToken(openId),
    'a wrong redis password': () => open({ redisPass: `${redisPass}x` }).isTokenValid(TOKEN),
    'no redis password': () => open({ redisPass: '' }).isTokenValid(TOKEN),
    'a redis that is gone (login)': () => authorize(open({ redis: gone }), user()),
    'a redis that is gone (refresh)': () => open({ redis: gone }).refreshToken(openId),
    'a redis that is gone (check)': () => open({ redis: gone }).isTokenValid(TOKEN),
    'a key of ours of a wrong type (login)': () => authorize(open({ sku: 'wrong' }), user({ unionId: null })),
    'a key of ours of a wrong type (refresh)': () => open({ sku: 'wrong' }).refreshToken(openId),
    'a key of ours with odd content (login)': () => authorize(open({ sku: 'odd' }), user()),
    'a key of ours with odd content (refresh)': () => open({ sku: 'odd' }).refreshToken(openId),
    'a table that is missing (login)': () =>
      authorize(open({ db: empty }), user({}, { openId: `${openId}2`, unionId: null })),
    'a table that is missing (refresh)': () => open({ db: empty }).refreshToken(openId),
    'a row that cannot be': () => authorize(open({ db: broken }), user({}, { openId: `${openId}3`, unionId: null })),
    'a db object that throws': () => open({ db: { all: () => null.x, run: () => null.x } }).refreshToken(openId),
    'no db': () => open({ db: null }).refreshToken(openId),
    'no appId': () => authorize(open({ appId: null }), user()),
    'a token that is not valid': () => app.isTokenValid(TOKEN),
    'a closed object': () => closed.refreshToken(openId),
    'a wrong redis URL': factory({ tokens: `redis://user:${redisPass}@127.0.0.1:port` }),
    'a redis URL of another kind': factory({ tokens: `http://user:${redisPass}@127.0.0.1:6379` }),
    'an endpoint with a password': factory({ wechat: { endpoint: `https://user:${secret}@localhost` } }),
    'an endpoint with the secret in it': factory({ wechat: { endpoint: `http://10.0.0.1/?secret=${secret}` } }),
    'no such option': factory({ redisPass }),
    'a token of a wrong type': () => app.extractSku([TOKEN]),
    'a login that is refused': () => app.login(code),
    'a login whose refusal quotes the code': () => {
      wechat.interrupt('/sns/jscode2session', quoting(code));
      return app.login(code);
    },
    'a login with nobody there': () => open({ wechat: deaf }).login(code),
    'an exchange that throws what it was given': () =>
      saying({
        exchange: async (given) => {
          throw new Error(`no session for ${given} with ${secret}`);
        },
      }).login(code),
    'an exchange that gives no openid': () =>
      saying({ exchange: () => ({ session_key: sessionKey, unionid: unionId, openid: [openId] }) }).login(code),
    'a phone number that is refused': () => app.wechat.getPhoneNumber(code, { openId }),
    'a phone number whose refusal quotes what was asked': () => {
      wechat.interrupt('/wxa/business/getuserphonenumber', quoting(`${code} of ${openId}`));
      return app.wechat.getPhoneNumber(code, { openId });
    },
    'an access token that is refused': () => {
      wechat.interrupt('/cgi-bin/stable_token', { errcode: 40125, errmsg: `invalid ${secret}` });
      return open({ tokens: 'memory' }).wechat.getPhoneNumber(code);
    },
    'a message push with another signature': () =>
      receiving.wechat.receive(pushes({ token: 'AnotherToken' }).message({})),
    'a message push of another app': () => receiving.wechat.receive(pushes().message({ openId }, { appId: 'wx1' })),
    'a message push that is none': () => receiving.wechat.receive(pushes().message(`${openId} ${nickName}`)),
    'a message push in plain text': () =>
      receiving.wechat.receive({ ...pushes().message({}), body: `{"x":"${openId}"}` }),
    'a message push with a wrong option': factory({
      wechat: { push: { token: pushToken, encodingAESKey: `${pushKey}=` } },
    }),
    'a user who cannot be forgotten': () => open({ db: empty }).forget(openId),
    'data that do not decrypt': () => keeping.wechat.decryptData(kept, sample.encryptedData, sample.iv),
    'data of a token that is not valid': () => keeping.wechat.decryptData(TOKEN, sample.encryptedData, sample.iv),
    'a signature without a session key': () => app.wechat.checkSignature(kept, openId, code),
    'a rotation of a token that is not valid': () => app.sessions.rotate(TOKEN),
    'a rotation without a token': () => app.sessions.rotate(openId),
    'a device that is no text': () => app.sessions.issue(openId, { device: [openId] }),
    'an option that does not exist': () => app.login(code, { devise: openId }),
    'a verification of a token that is not valid': () => app.verify(TOKEN),
    'a redis that is gone (verify)': () => open({ redis: gone }).verify(TOKEN),
    'the session of another user, to be kept': () => app.sessions.revokeUser(unionId, { except: TOKEN }),
    'an id that cannot be': () => app.sessions.issue(TOKEN),
    'a user store that throws what it was given': () => {
      const db = { has: () => false, add: (id) => Promise.reject(new Error(`cannot add ${id}`)) };
      return open({ db }).sessions.issue(openId);
    },
    'a key of ours of a wrong type (sessions.issue)': () => open({ sku: 'wrong' }).sessions.issue(openId),
    'a key of ours of a wrong type (sessions.list)': () => open({ sku: 'wrong' }).sessions.list(openId),
    'a key of ours with odd content (sessions.list)': () => open({ sku: 'odd' }).sessions.list(openId),
    'a key of ours with odd content (sessions.revokeUser)': () => open({ sku: 'odd' }).sessions.revokeUser(openId),
    'a redis that is gone (sessions.issue)': () => open({ redis: gone }).sessions.issue(openId),
    'a redis that is gone (sessions.rotate)': () => open({ redis: gone }).sessions.rotate(TOKEN),
  };
}

/** What logs in, checks and refreshes as it should. */
async function succeed() {
  const redis = await startRedis({ password: redisPass });
  const wechat = await startFakeWeChat();
  const app = createApp({ redis, wechat, secret, db: everybody() });
  await app.isTokenValid(await login(app, wechat, openId));
  const { response } = await app.refreshToken(openId);
  await app.login(wechat.user({ openId, unionId, sessionKey }).code, { device: city });
  await app.sessions.rotate(response);
  await app.sessions.list(openId);
  await app.wechat.getPhoneNumber(wechat.phone());
  await app.sessions.revokeUser(openId);
  await app.close();
}

module.exports = { SECRETS, setUp, succeed };
