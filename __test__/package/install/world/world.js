'use strict';

const { startFakeWeChat, startRedis } = require('../../../support');
const { certificates } = require('../../../support/certificates');
const { tcpProxy } = require('../../../support/tcp-proxy');

const { MPAUTHX_APPLICATION: application } = process.env;

/**
 * The servers of an application that sets no option: redis at 127.0.0.1:6379, and WeChat under its
 * own name, at the port of https. `env` is what a process needs to trust that WeChat.
 */
async function startWorld() {
  const { redis } = await startRedis({ port: 6379 });
  const { ca, tls } = certificates('api.weixin.qq.com');
  const wechat = await startFakeWeChat({ strict: true, tls });
  await tcpProxy(new URL(wechat.endpoint).port, undefined, { listen: 443 });
  return { redis, wechat, env: { NODE_EXTRA_CA_CERTS: ca } };
}

module.exports = { application, startWorld };
