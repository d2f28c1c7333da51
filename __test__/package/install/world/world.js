'use strict';

const net = require('node:net');
const { once } = require('node:events');
const { defer, startFakeWeChat, startRedis } = require('../../../support');
const { certificates } = require('../../../support/certificates');

const { MPAUTHX_APPLICATION: application } = process.env;

/**
 * The servers of an application that sets no option: redis at 127.0.0.1:6379, and WeChat under its own name, at the port of
 * https. `env` is what a process needs to trust that WeChat.
 */
async function startWorld() {
  const { redis } = await startRedis({ port: 6379 });
  const { ca, tls } = certificates('api.weixin.qq.com');
  const wechat = await startFakeWeChat({ strict: true, tls });
  const door = net.createServer((socket) => {
    const inner = net.connect(new URL(wechat.endpoint).port, '127.0.0.1');
    socket.pipe(inner).pipe(socket);
    for (const each of [socket, inner]) each.on('error', () => {});
  });
  defer(() => door.close());
  await once(door.listen(443, '127.0.0.1'), 'listening');
  return { redis, wechat, env: { NODE_EXTRA_CA_CERTS: ca } };
}

module.exports = { application, startWorld };
