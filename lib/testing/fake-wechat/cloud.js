'use strict';

// The gateway of WeChat's cloud hosting, which stands between a container and api.weixin.qq.com: it
// takes plain http without an access token, and adds its own.
// https://developers.weixin.qq.com/miniprogram/dev/wxcloudrun/src/guide/weixin/open.html

const { refuse } = require('./replies');

/** Whether a request comes to the gateway: what is encrypted goes past it. */
function isForGateway({ secure }) {
  return !secure;
}

/**
 * The mini-program of the environment. The gateway of WeChat's would pass a token on; this one
 * refuses it, so that a test sees that one was sent.
 */
function appAtGateway({ query }, appId) {
  if ('access_token' in query) return { refusal: refuse(40001, 'invalid credential', ' ') };
  return { appId };
}

module.exports = { isForGateway, appAtGateway };
