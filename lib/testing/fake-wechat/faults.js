'use strict';

// Replies in place of an interface's own: what WeChat, and whatever stands before it, is known to
// give. `interrupt` takes them, for any path.

const { refuse } = require('./replies');

/** "系统繁忙，此时请开发者稍候再试". */
const busy = () => refuse(-1, 'system error', ' ');

/** The day's calls of an interface are used up. */
const quota = () => refuse(45009, 'reach max api daily quota limit', ' ');

/**
 * What the gateway of cloud hosting answers where an interface is not on the list of the
 * environment: no JSON.
 * https://developers.weixin.qq.com/minigame/dev/wxcloudrun/src/guide/weixin/faq.html
 */
const badGateway = () => ({
  raw: {
    status: 502,
    headers: { 'Content-Type': 'text/html' },
    body: '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>',
  },
});

/** Takes the request, and never answers. */
const blackHole = () => () => {};

/** Ends the connection without an answer. */
const hangUp = () => (req) => req.socket.destroy();

/** Sends whoever follows elsewhere. */
const redirect = (location, status = 302) => ({ raw: { status, headers: { Location: location }, body: '' } });

module.exports = { busy, quota, badGateway, blackHole, hangUp, redirect };
