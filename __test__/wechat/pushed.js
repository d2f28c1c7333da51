'use strict';

// What tests of the message push have in common.

const { createApp, rejection, sample } = require('../support');
const { Pushes } = require('../../lib/testing/fake-wechat/pushes');

const TOKEN = 'PushToken0123456789';
const KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';

/** The options of each mode, and WeChat's console to them. */
const MODES = {
  safe: { push: { token: TOKEN, encodingAESKey: KEY }, console: { encodingAESKey: KEY } },
  plain: { push: { token: TOKEN, plain: true }, console: {} },
};

/** An event as WeChat sends it. */
const EVENT = {
  ToUserName: 'gh_97417a04a28d',
  FromUserName: 'oABCDEFGHIJKLMNOPQRSTUVWXYZ0',
  CreateTime: 1714112445,
  MsgType: 'event',
  Event: 'user_authorization_cancellation',
  OpenID: 'oZYXWVUTSRQPONMLKJIHGFEDCBA9',
};

/** An object that receives messages of one mode. */
const receiver = (mode, { options, ...given } = {}) =>
  createApp({ ...given, options: { ...options, wechat: { push: MODES[mode].push, ...options?.wechat } } });

/** WeChat's side of it, in one format. */
const pushes = (mode, format, given) =>
  new Pushes({ appId: sample.appId, token: TOKEN, format, ...MODES[mode].console, ...given });

/** The event as each format gives it: all that stands in XML is text. */
const asRead = (fields, format) =>
  format === 'json'
    ? fields
    : JSON.parse(JSON.stringify(fields), (_, each) => (typeof each === 'number' ? `${each}` : each));

/** Expects a refusal with `code` that gives nothing away. */
async function expectRefusal(promise, code, message = /./) {
  const error = await rejection(promise);
  expect(error).toMatchObject({ name: 'MpauthxError', code, message: expect.stringMatching(message) });
  for (const secret of [TOKEN, KEY, EVENT.OpenID, EVENT.FromUserName, sample.appId]) {
    expect(`${error.message} ${error.stack} ${error.cause}`).not.toContain(secret);
  }
  return error;
}

module.exports = { EVENT, KEY, MODES, TOKEN, asRead, expectRefusal, pushes, receiver };
