'use strict';

// The fake WeChat keeps one valid session key for each user, and knows what was signed with it.

const crypto = require('node:crypto');
const { startFakeWeChat } = require('../support');
const { ask, call, exchange, hmac } = require('./ask-fake');

const CHECK = '/wxa/checksession';
const RESET = '/wxa/resetusersessionkey';
const BALANCE = '/xpay/query_user_balance';

/** WeChat's own example: `post_body` and the two keys of "签名详解". */
const EXAMPLE = {
  body: '{"openid": "xxx", "user_ip": "127.0.0.1", "env": 0}',
  appKey: '12345',
  sessionKey: '9hAb/NEYUlkaMBEsmFgzig==',
  pay_sig: 'c37809f27c6d7fd1837ad2500a04512b66b34fd793a39a385fade56dca89a4b5',
  signature: '089d9e8dc5d308977360c4b79ec600a93d736802802a807d634192328032f6c7',
};

async function logIn(wechat, given) {
  const { code } = wechat.user({ openId: 'o1', ...given });
  return (await exchange(wechat, code)).session_key;
}

/** What the fake says of a key that somebody believes to be the user's. */
const check = (wechat, key, { path = CHECK, openid = 'o1', ...query } = {}) =>
  call(wechat, path, { query: { openid, signature: hmac(key, ''), sig_method: 'hmac_sha256', ...query } });

describe('checksession', () => {
  let wechat;
  beforeEach(async () => {
    wechat = await startFakeWeChat({ strict: true });
  });

  test('knows the key of the latest login from older ones, and from those of others', async () => {
    const old = await logIn(wechat);
    expect(await check(wechat, old)).toEqual({ errcode: 0, errmsg: 'ok' });
    const key = await logIn(wechat);
    expect(await check(wechat, old)).toMatchObject({ errcode: 87009, errmsg: expect.stringMatching(/^invalid sig/) });
    expect(await check(wechat, key)).toMatchObject({ errcode: 0 });
    await logIn(wechat, { openId: 'o2' });
    expect(await check(wechat, key)).toMatchObject({ errcode: 0 });
    expect(await check(wechat, key, { openid: 'o2' })).toMatchObject({ errcode: 87009 });
    expect(await check(wechat, key, { openid: 'nobody' })).toMatchObject({ errcode: 87009 });
  });

  test('sees that a login elsewhere has replaced the key, or that it has ended', async () => {
    const old = await logIn(wechat);
    const other = wechat.replaceSessionKey('o1');
    expect([wechat.sessionKey('o1'), other]).not.toContain(old);
    expect(await check(wechat, old)).toMatchObject({ errcode: 87009 });
    expect(await check(wechat, other)).toMatchObject({ errcode: 0 });
    wechat.endSessionKey('o1');
    expect(await check(wechat, other)).toMatchObject({ errcode: 87009 });
    expect(() => wechat.sessionKey('o1')).toThrow('no valid session key');
  });

  test('signs with the key as text, and an empty text', async () => {
    const key = await logIn(wechat);
    const decoded = crypto.createHmac('sha256', Buffer.from(key, 'base64')).update('').digest('hex');
    expect(await check(wechat, key, { signature: decoded })).toMatchObject({ errcode: 87009 });
    expect(await check(wechat, key, { signature: hmac(key, '{}') })).toMatchObject({ errcode: 87009 });
    expect(await check(wechat, key, { sig_method: 'sha1' })).toMatchObject({ errcode: 87008 });
  });

  test('needs an access token, and GET', async () => {
    const key = await logIn(wechat);
    const query = { openid: 'o1', signature: hmac(key, ''), sig_method: 'hmac_sha256' };
    expect(await ask(wechat, CHECK, { query })).toMatchObject({ errcode: 41001 });
    expect(await ask(wechat, CHECK, { query: { ...query, access_token: 'x' } })).toMatchObject({ errcode: 40001 });
    expect(await check(wechat, key)).toMatchObject({ errcode: 0 });
    expect(await call(wechat, CHECK, { query, body: {} })).toMatchObject({ errcode: 43001 });
  });

  test('data are sealed and signed with the key that is valid', async () => {
    const old = await logIn(wechat);
    const key = wechat.replaceSessionKey('o1');
    const { encryptedData, iv } = wechat.openData('o1', { openGId: 'g1' });
    expect(open(key, encryptedData, iv)).toMatchObject({ openGId: 'g1' });
    expect(() => open(old, encryptedData, iv)).toThrow();
    const { rawData, signature } = wechat.signed('o1');
    expect([key, old].map((each) => crypto.createHash('sha1').update(`${rawData}${each}`).digest('hex'))).toEqual([
      signature,
      expect.not.stringContaining(signature),
    ]);
  });
});

test('resetusersessionkey gives another key, to whoever has the valid one', async () => {
  const wechat = await startFakeWeChat();
  expect(await check(wechat, 'x', { path: RESET })).toMatchObject({ errcode: 87007 });
  const old = await logIn(wechat);
  expect(await check(wechat, 'x', { path: RESET })).toMatchObject({ errcode: 87009 });
  const reply = await check(wechat, old, { path: RESET });
  expect(reply).toEqual({ errcode: 0, errmsg: 'ok', openid: 'o1', session_key: wechat.sessionKey('o1') });
  expect(reply.session_key).not.toBe(old);
  expect(await check(wechat, old)).toMatchObject({ errcode: 87009 });
});

describe('query_user_balance', () => {
  const { body, appKey, sessionKey, pay_sig, signature } = EXAMPLE;
  let wechat;
  beforeEach(async () => {
    wechat = await startFakeWeChat({ appKey });
    await logIn(wechat, { openId: 'xxx', sessionKey });
  });

  const balance = (query, text = body) => call(wechat, BALANCE, { query, body: text });

  test("takes the signatures of WeChat's own example", async () => {
    expect(await balance({ pay_sig, signature })).toMatchObject({ errcode: 0, balance: 0, first_save_flag: false });
  });

  test('covers every byte of the body, in both signatures', async () => {
    const other = JSON.stringify(JSON.parse(body));
    expect(await balance({ pay_sig, signature }, other)).toMatchObject({
      errcode: 268490003,
      errmsg: expect.stringContaining('pay_sig'),
    });
    const paid = hmac(appKey, `${BALANCE}&${other}`);
    expect(await balance({ pay_sig: paid, signature }, other)).toMatchObject({
      errcode: 268490003,
      errmsg: expect.stringContaining('signature'),
    });
    expect(await balance({ pay_sig: paid, signature: hmac(sessionKey, other) }, other)).toMatchObject({ errcode: 0 });
  });

  test('refuses a key that was replaced, and one that has ended', async () => {
    wechat.replaceSessionKey('xxx');
    expect(await balance({ pay_sig, signature })).toMatchObject({ errcode: 268490003 });
    wechat.endSessionKey('xxx');
    expect(await balance({ pay_sig, signature })).toMatchObject({ errcode: 268490009 });
  });

  test('refuses what lacks a field', async () => {
    for (const [text, errcode] of [
      ['', 268490002],
      ['{"openid": "xxx", "env": 0}', 268490002],
      ['{"openid": "xxx", "user_ip": "127.0.0.1", "env": 2}', 268490002],
      ['{"user_ip": "127.0.0.1", "env": 0}', 268490001],
    ]) {
      const query = { pay_sig: hmac(appKey, `${BALANCE}&${text}`), signature: hmac(sessionKey, text) };
      expect(await balance(query, text)).toMatchObject({ errcode });
    }
  });
});

function open(key, encryptedData, iv) {
  const decipher = crypto.createDecipheriv('aes-128-cbc', Buffer.from(key, 'base64'), Buffer.from(iv, 'base64'));
  return JSON.parse(Buffer.concat([decipher.update(encryptedData, 'base64'), decipher.final()]).toString());
}
