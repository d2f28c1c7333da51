'use strict';

const fs = require('node:fs');
const path = require('node:path');
const {
  createApp,
  everybody,
  isValid,
  login,
  rejection,
  rejections,
  runNode,
  startFakeWeChat,
  tempDir,
} = require('../../support');
const { certificates } = require('../../support/certificates');
const { startTlsRedis } = require('./tls-redis');

const REFUSED = { code: 6000, message: expect.stringMatching(/^Error: redis cannot be reached: .*certificate/i) };

let wechat;
beforeAll(async () => {
  wechat = await startFakeWeChat();
});

const open = (tokens, redisPass) => createApp({ wechat, db: everybody(), tokens, redisPass });

async function expectWorks(app) {
  expect(await isValid(app, await login(app, wechat, 'o1'))).toBe(true);
  expect((await app.health()).tokens).toMatchObject({ kind: 'redis', ready: true });
}

async function expectRefused(app) {
  expect(await rejection(login(app, wechat, 'o1'))).toMatchObject(REFUSED);
}

describe('a redis with a certificate of an authority of its own', () => {
  let server;
  let ca;
  beforeAll(async () => {
    server = await startTlsRedis({ password: 'pw' });
    ca = fs.readFileSync(server.ca);
  });
  beforeEach(() => server.redis.flushall());

  const secure = (tls, url = server.tlsUrl) => open({ url, tls }, 'pw');

  test('is trusted by the authority as text and as bytes', async () => {
    await expectWorks(secure({ ca: ca.toString() }));
    await expectWorks(secure({ ca }));
    await expectWorks(secure({ ca: new Uint8Array(ca) }));
  });

  test('is trusted where the authority stands among others', async () => {
    const other = fs.readFileSync(certificates().ca);
    await expectWorks(secure({ ca: Buffer.concat([other, ca]) }));
  });

  test('is refused where nobody vouches for it', async () => {
    const strangers = [undefined, {}, { ca: fs.readFileSync(certificates().ca) }];
    await Promise.all(strangers.map((tls) => expectRefused(secure(tls))));
  });

  test('is refused under a name that the certificate does not hold', async () => {
    await expectRefused(secure({ ca }, server.addressUrl));
  });

  test('takes the password and the database number too', async () => {
    const url = `${server.tlsUrl.replace('//', '//:pw@')}/2`;
    const app = open({ url, tls: { ca } }, 'wrong');
    const token = await login(app, wechat, 'o1');
    await server.redis.select(2);
    expect(await server.redis.exists(token)).toBe(1);
    await server.redis.select(0);
  });

  test('is never spoken to in the clear', async () => {
    const url = server.url.replace('redis:', 'rediss:'); // the port without TLS
    const app = open({ url, tls: { ca }, deadline: 1000 }, 'pw');
    expect(await rejection(login(app, wechat, 'o1'))).toMatchObject({ code: 6000 });
    expect(await server.redis.dbsize()).toBe(0);
  });

  test('is trusted where NODE_EXTRA_CA_CERTS names the authority, besides `ca`', async () => {
    const script = path.join(__dirname, 'ask.js');
    const ask = async (file, given) => {
      const args = [JSON.stringify({ tokens: { url: server.tlsUrl, ...given }, redisPass: 'pw' })];
      const { code, stdout, stderr } = await runNode(script, { args, env: { NODE_EXTRA_CA_CERTS: file } });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return JSON.parse(stdout).tokens;
    };
    const other = path.join(tempDir(), 'other.pem');
    fs.copyFileSync(certificates().ca, other);
    const ready = { ready: true, warnings: [] };
    const refused = { ready: false, error: REFUSED.message };
    const answers = await Promise.all([
      ask(server.ca),
      ask(server.ca, { tls: { ca: fs.readFileSync(other, 'utf8') } }),
      ask(other, { tls: { ca: ca.toString() } }),
      ask(other),
      ask(undefined),
    ]);
    expect(answers).toMatchObject([ready, ready, ready, refused, refused]);
  });
});

describe('a redis that demands a certificate', () => {
  let server;
  let ca;
  beforeAll(async () => {
    server = await startTlsRedis({ clients: 'yes' });
    ca = fs.readFileSync(server.ca, 'utf8');
  });

  const secure = (tls) => open({ url: server.tlsUrl, tls: { ca, ...tls } });

  test('lets one in that shows it, as text or bytes', async () => {
    await expectWorks(secure(server.client));
    const { cert, key } = server.client;
    await expectWorks(secure({ cert: Buffer.from(cert), key: Buffer.from(key) }));
  });

  test('refuses one that shows none, or that of another authority', async () => {
    const { client } = await startTlsRedis();
    const errors = await rejections(...[{}, client].map((tls) => login(secure(tls), wechat, 'o1')));
    const refused = { code: 6000, message: expect.stringMatching(/^Error: redis cannot be reached: ./) };
    expect(errors).toMatchObject([refused, refused]);
  });
});
