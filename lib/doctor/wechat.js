'use strict';

// Whether WeChat can be reached from here, and knows the app. One request, for the access token
// that is current: it invalidates none, and counts as one call.

const dns = require('dns');
const net = require('net');
const { causeOf, tryCredentials } = require('./ask.js');

/** What a refusal means, by its errcode. */
const REFUSALS = {
  '-1': 'wechat.busy',
  40001: 'wechat.secret',
  40002: 'wechat.failed',
  40013: 'wechat.app-id',
  40125: 'wechat.secret',
  40164: 'wechat.address',
  45009: 'wechat.quota',
  45011: 'wechat.busy',
};

/** What a failure means: the first that fits what the addon says. */
const FAILURES = [
  [/the proxy|status 407/, 'wechat.proxy'],
  [/UnknownIssuer/, 'wechat.authority'],
  [/no secure connection/, 'wechat.certificate'],
  [/no connection to WeChat within|did not answer within/, 'wechat.late'],
  [/no connection to/, 'wechat.unreachable'],
];

async function lookAtWeChat(tell, subject) {
  const { appId, secret, wechat } = subject.config;
  if (wechat.cloud) tell('wechat.cloud');
  if (wechat.exchange && wechat.accessToken) return tell('wechat.own');
  tellProxy(tell, wechat);
  if (!(await isResolved(tell, wechat))) return undefined;
  if (appId === undefined || secret === undefined) return tell('wechat.not-asked');
  try {
    await tryCredentials(subject);
    return tell('wechat.answers', { appId });
  } catch (error) {
    return tellFailure(tell, wechat, error);
  }
}

function tellFailure(tell, wechat, error) {
  const { errcode, errmsg = '' } = error;
  const cause = causeOf(error).replace(/^Request to WeChat error: /, '');
  if (errcode !== undefined) return tell(REFUSALS[errcode] || 'wechat.refused', { errcode, errmsg, cause });
  const [, code] = FAILURES.find(([pattern]) => pattern.test(cause)) || [undefined, 'wechat.failed'];
  const host = wechat.proxy && hostOf(wechat.proxy);
  const isProxy = host && code === 'wechat.unreachable' && cause.includes(`no connection to ${host}`);
  return tell(isProxy ? 'wechat.proxy' : code, { cause });
}

/** The addon takes no proxy from the environment; many expect that. */
function tellProxy(tell, { proxy }) {
  if (proxy !== undefined) return tell('wechat.through-proxy', { proxy: hostOf(proxy) });
  const { HTTPS_PROXY, https_proxy: lower } = process.env;
  const named = HTTPS_PROXY || lower;
  return named ? tell('wechat.proxy-unused', { proxy: named }) : undefined;
}

/** Whether the first host on the way has an address. A proxy resolves WeChat's itself. */
async function isResolved(tell, { proxy, endpoint }) {
  const host = hostOf(proxy === undefined ? endpoint : proxy).replace(/:\d+$/, '');
  if (net.isIP(host.replace(/^\[|\]$/g, ''))) return true;
  try {
    const { address } = await dns.promises.lookup(host);
    tell('wechat.dns', { host, address });
    return true;
  } catch (error) {
    tell('wechat.no-dns', { host, cause: error.code });
    return false;
  }
}

/** The host and port of a URL, without user and password. */
function hostOf(url) {
  try {
    return new URL(url).host;
  } catch (_) {
    return '?';
  }
}

module.exports = { lookAtWeChat };
