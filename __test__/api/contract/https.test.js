'use strict';

const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { once } = require('node:events');
const { defer, runNode, startFakeWeChat, tempDir } = require('../../support');
const { certificates } = require('../../support/certificates');

const TOKEN = { token: expect.stringMatching(/^o1\|shop\|[0-9a-f]{64}$/) };
const REFUSED = { code: 6008, message: expect.stringMatching(/^Request to get session key and open id error: ./) };

let made;
let wechat;
beforeAll(async () => {
  made = certificates();
  wechat = await startFakeWeChat({ tls: made.tls });
});

/** What a process in this environment gets of WeChat. */
async function logIn(env, endpoint = wechat.endpoint) {
  const args = [endpoint, JSON.stringify(wechat.user({ openId: 'o1' }))];
  const { code, stdout, stderr } = await runNode(path.join(__dirname, 'log-in.js'), { args, env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

test('a certificate that NODE_EXTRA_CA_CERTS vouches for is trusted', async () => {
  const before = wechat.requests.length;
  expect(await logIn({ NODE_EXTRA_CA_CERTS: made.ca })).toEqual(TOKEN);
  expect(wechat.requests).toHaveLength(before + 1);
});

test('it is trusted among others in the same file', async () => {
  const file = path.join(tempDir(), 'both.pem');
  const others = [fs.readFileSync(certificates().ca), fs.readFileSync(made.ca)];
  fs.writeFileSync(file, Buffer.concat(others));
  expect(await logIn({ NODE_EXTRA_CA_CERTS: file })).toEqual(TOKEN);
});

test('it is trusted where an editor of Windows has written the file', async () => {
  const file = path.join(tempDir(), 'windows.pem');
  fs.writeFileSync(file, fs.readFileSync(made.ca, 'utf8').replace(/\r?\n/g, '\r\n'));
  expect(await logIn({ NODE_EXTRA_CA_CERTS: file })).toEqual(TOKEN);
});

test('a certificate that nobody vouches for is 6008, and WeChat hears nothing', async () => {
  const before = wechat.requests.length;
  expect(await logIn({ NODE_EXTRA_CA_CERTS: undefined })).toEqual(REFUSED);
  expect(await logIn({ NODE_EXTRA_CA_CERTS: certificates().ca })).toEqual(REFUSED);
  expect(wechat.requests).toHaveLength(before);
});

test('a certificate for another host is 6008', async () => {
  const env = { NODE_EXTRA_CA_CERTS: made.ca };
  expect(await logIn(env, wechat.endpoint.replace('localhost', '127.0.0.1'))).toEqual(REFUSED);
});

test('HTTPS_PROXY and its like are not looked at', async () => {
  const seen = [];
  const proxy = net.createServer((socket) => {
    seen.push(socket.remotePort);
    socket.destroy();
  });
  defer(() => proxy.close());
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${proxy.address().port}`;
  const names = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]);
  const env = { ...Object.fromEntries(names.map((name) => [name, url])), NO_PROXY: undefined, no_proxy: undefined };
  expect(await logIn({ ...env, NODE_EXTRA_CA_CERTS: made.ca })).toEqual(TOKEN);
  const plain = await startFakeWeChat();
  const login = plain.user({ openId: 'o1' });
  const { stdout } = await runNode(path.join(__dirname, 'log-in.js'), {
    args: [plain.endpoint, JSON.stringify(login)],
    env,
  });
  expect(JSON.parse(stdout)).toEqual(TOKEN);
  expect(seen).toEqual([]);
});
