'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const {
  createApp,
  everybody,
  isValid,
  login,
  rejection,
  runNode,
  startFakeWeChat,
  startRedis,
  tempDir,
  until,
} = require('../../support');
const { startFakeSentinel } = require('./fake-sentinel');
const { openTlsPort } = require('./tls-redis');

let wechat;
beforeAll(async () => {
  wechat = await startFakeWeChat();
});

const open = (tokens) => createApp({ wechat, db: everybody(), tokens });

/**
 * A certificate for localhost that vouches for itself, as `openssl req -x509` makes it; `days` may
 * have passed.
 */
function selfSigned({ name = 'localhost', ca = true, days = 2 } = {}) {
  const dir = tempDir();
  const [cert, key] = ['cert.pem', 'key.pem'].map((file) => path.join(dir, file));
  const extensions = [`subjectAltName=DNS:${name}`, `basicConstraints=critical,CA:${ca ? 'TRUE' : 'FALSE'}`];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-subj', '/CN=mpauthx test', '-days', String(days), '-keyout', key, '-out', cert],
      ...extensions.flatMap((extension) => ['-addext', extension]),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  return { cert, key, pem: fs.readFileSync(cert, 'utf8') };
}

/** A redis that shows that certificate: `secure` is the URL of its port for TLS. */
async function startSecured({ cert, key }, given) {
  const server = await startRedis(given);
  await server.redis.config('SET', 'tls-auth-clients', 'no');
  await server.redis.config('SET', 'tls-cert-file', cert, 'tls-key-file', key, 'tls-ca-cert-file', cert);
  const port = await openTlsPort(server.redis);
  return { ...server, tlsPort: port, secure: `rediss://localhost:${port}` };
}

/** Servers with a certificate, as the option `tokens` names them. */
const PLACES = {
  'one server': async (own) => ({ url: (await startSecured(own)).secure }),
  async 'Sentinels and their master'(own) {
    const { tlsPort } = await startSecured(own);
    const master = () => ({ host: 'localhost', port: tlsPort });
    const secure = { key: fs.readFileSync(own.key), cert: own.pem };
    return { sentinels: [(await startFakeSentinel({ master, secure })).url], master: 'm' };
  },
  async 'a Cluster'(own) {
    const name = ['--cluster-announce-hostname', 'localhost', '--cluster-preferred-endpoint-type', 'hostname'];
    const node = await startSecured(own, { args: ['--cluster-enabled', 'yes', ...name] });
    await node.redis.config('SET', 'cluster-announce-port', node.tlsPort);
    await node.redis.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await until(async () => /cluster_state:ok/.test(await node.redis.call('CLUSTER', 'INFO')));
    return { cluster: [node.secure] };
  },
};

async function expectTrusted(tokens) {
  const app = open(tokens);
  expect(await isValid(app, await login(app, wechat, 'o1'))).toBe(true);
  expect((await app.health()).tokens).toMatchObject({ ready: true });
}

async function expectRefused(tokens, cause) {
  const message = expect.stringMatching(new RegExp(`^Error: redis cannot be reached: .*localhost:\\d+: .*${cause}`));
  expect(await rejection(login(open(tokens), wechat, 'o1'))).toMatchObject({ code: 6000, message });
}

describe.each(Object.keys(PLACES))('the certificate of %s that vouches for itself', (place) => {
  test.each([true, false])('is trusted where tls.ca is that very certificate (CA: %s)', async (ca) => {
    const own = selfSigned({ ca });
    const tokens = await PLACES[place](own);
    await expectTrusted({ ...tokens, tls: { ca: own.pem } });
    await expectTrusted({ ...tokens, tls: { ca: `${selfSigned().pem}${own.pem}` } });
  });

  test('is trusted where NODE_EXTRA_CA_CERTS names that very certificate, as for WeChat', async () => {
    const own = selfSigned();
    const tokens = await PLACES[place](own);
    const ask = async (file) => {
      const args = [JSON.stringify({ tokens })];
      const env = { NODE_EXTRA_CA_CERTS: file };
      return JSON.parse((await runNode(path.join(__dirname, 'ask.js'), { args, env })).stdout).tokens;
    };
    expect(await ask(own.cert)).toMatchObject({ ready: true });
    expect(await ask(selfSigned().cert)).toMatchObject({ ready: false });
  });

  test('is refused where another one is named, or none, with advice', async () => {
    const tokens = await PLACES[place](selfSigned());
    await expectRefused({ ...tokens, tls: { ca: selfSigned().pem } }, 'certificate.*tls\\.ca');
    await expectRefused(tokens, 'certificate.*tls\\.ca');
  });

  test('is refused where it names another server', async () => {
    const own = selfSigned({ name: 'elsewhere' });
    await expectRefused({ ...(await PLACES[place](own)), tls: { ca: own.pem } }, 'certificate');
  });
});
