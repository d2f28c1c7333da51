'use strict';

// What the fake WeChat does on demand in place of an answer, what it notes of requests, and its
// gateway of cloud hosting.

const { once } = require('node:events');
const fs = require('node:fs');
const https = require('node:https');
const { json } = require('node:stream/consumers');
const { startFakeWeChat, sample, until } = require('../support');
const { certificates } = require('../support/certificates');
const { ask, exchange, send, stable } = require('./ask-fake');

const PHONE = '/wxa/business/getuserphonenumber';

let wechat;
beforeEach(async () => {
  wechat = await startFakeWeChat();
});

test('any path is busy, or has used up its quota, once for each time it is told', async () => {
  wechat.interrupt('/any/path', wechat.faults.busy(), wechat.faults.quota());
  expect(await ask(wechat, '/any/path')).toMatchObject({ errcode: -1 });
  expect(await ask(wechat, '/any/path', { body: {} })).toMatchObject({ errcode: 45009 });
  expect(await ask(wechat, '/any/path')).toMatchObject({ errcode: 40066 });
});

test('a gateway answers 502 in HTML', async () => {
  wechat.interrupt(PHONE, wechat.faults.badGateway());
  const reply = await send(wechat, PHONE, { body: {} });
  expect([reply.status, reply.headers.get('content-type')]).toEqual([502, 'text/html']);
  expect(await reply.text()).toContain('<html>');
});

test('a redirect leads elsewhere', async () => {
  wechat.interrupt(PHONE, wechat.faults.redirect('http://127.0.0.2/x'), wechat.faults.redirect('/y', 307));
  const follow = () => send(wechat, PHONE, { body: {}, redirect: 'manual' });
  const replies = [await follow(), await follow()];
  expect(replies.map((reply) => [reply.status, reply.headers.get('location')])).toEqual([
    [302, 'http://127.0.0.2/x'],
    [307, '/y'],
  ]);
});

test('a black hole takes a request, never answers, and is well again after it', async () => {
  wechat.interrupt('/cgi-bin/stable_token', wechat.faults.blackHole());
  const controller = new AbortController();
  let settled = false;
  const lost = send(wechat, '/cgi-bin/stable_token', { body: {}, signal: controller.signal }).catch((error) => error);
  lost.then(() => {
    settled = true;
  });
  await until(() => wechat.requests[0]?.body !== undefined);
  expect(await stable(wechat)).toMatchObject({ access_token: expect.any(String) });
  expect(settled).toBe(false);
  controller.abort();
  expect(await lost).toMatchObject({ name: 'AbortError' });
});

test('every request is noted in order, with its query, headers and bytes', async () => {
  await send(wechat, '/a', { query: { b: '1 2' }, headers: { 'X-Test': 'y' } });
  await send(wechat, '/c', { body: '{"d": "é"}' });
  await send(wechat, '/e', { body: 'no json' });
  expect(wechat.requests).toMatchObject([
    { method: 'GET', path: '/a', query: { b: '1 2' }, rawQuery: 'b=1+2', headers: { 'x-test': 'y' }, secure: false },
    { method: 'POST', path: '/c', body: '{"d": "é"}', bytes: Buffer.from('{"d": "é"}'), json: { d: 'é' } },
    { method: 'POST', path: '/e', body: 'no json', json: {} },
  ]);
});

describe('the gateway of cloud hosting', () => {
  const phone = (on, query, endpoint) => ask(on, PHONE, { query, body: { code: on.phone() }, endpoint });

  test('takes plain http without an access token, and refuses one', async () => {
    wechat = await startFakeWeChat({ cloud: true });
    expect(wechat.cloudEndpoint).toBe(wechat.endpoint);
    expect(await phone(wechat)).toMatchObject({ errcode: 0, phone_info: { watermark: { appid: sample.appId } } });
    const { access_token } = wechat.accessToken();
    expect(await phone(wechat, { access_token })).toMatchObject({ errcode: 40001 });
    expect(await phone(wechat, { access_token: '' })).toMatchObject({ errcode: 40001 });
    expect(await exchange(wechat, wechat.user({ openId: 'o1' }).code)).toMatchObject({ openid: 'o1' });
  });

  test('speaks for the mini-program of the environment', async () => {
    wechat = await startFakeWeChat({ cloud: true, appId: 'wx1' });
    const body = { code: wechat.phone({ appId: 'wx1' }) };
    expect(await ask(wechat, PHONE, { body })).toMatchObject({ errcode: 0 });
    expect(await phone(wechat)).toMatchObject({ errcode: 40013 });
  });

  test('stands beside https, which wants a token as ever', async () => {
    const { ca, tls } = certificates();
    wechat = await startFakeWeChat({ cloud: true, tls });
    expect(await phone(wechat, {}, wechat.cloudEndpoint)).toMatchObject({ errcode: 0 });
    const post = async (query) => {
      const request = https.request(`${wechat.endpoint}${PHONE}${query}`, { method: 'POST', ca: fs.readFileSync(ca) });
      request.end(JSON.stringify({ code: wechat.phone() }));
      const [reply] = await once(request, 'response');
      return json(reply);
    };
    expect(await post('')).toMatchObject({ errcode: 41001 });
    expect(await post(`?access_token=${wechat.accessToken().access_token}`)).toMatchObject({ errcode: 0 });
    expect(wechat.requests.map(({ secure }) => secure)).toEqual([false, true, true]);
  });

  test('is not there unless it is asked for', async () => {
    expect(wechat.cloudEndpoint).toBeUndefined();
    expect(await phone(wechat)).toMatchObject({ errcode: 41001 });
  });
});
