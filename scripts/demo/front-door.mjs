// The demo's new door: a server with a login and a guarded route, and a client that asks it.

import { once } from 'node:events';
import http from 'node:http';
import { createRequire } from 'node:module';
import { expect, heading, short, show } from './show.mjs';

const require = createRequire(import.meta.url);
const { sample } = require('../../lib/testing/fake-wechat');

export async function showFrontDoor({ wechat, tokens, ttl, sku }) {
  const { createAuth } = require('mpauthx');
  const users = ['an earlier user'];
  const auth = createAuth({
    appId: sample.appId,
    secret: 'app-secret',
    sku,
    tokens,
    ttl,
    resolveUser: ({ openId }) => `user-${users.includes(openId) ? users.indexOf(openId) : users.push(openId) - 1}`,
    wechat: { endpoint: wechat.endpoint },
  });
  const server = await startServer(auth);
  heading(`createAuth: a server at ${server.url}, asked over HTTP`);
  try {
    await asClient(server.url, auth, wechat);
  } finally {
    await server.close();
    await auth.close();
  }
}

/** GET /me for who is logged in, and the routes under /auth: no framework, node:http alone. */
async function startServer(auth) {
  const { guard, routes } = require('mpauthx/express');
  const login = routes(auth, { prefix: '/auth' });
  const loggedIn = guard(auth);
  const server = http.createServer((req, res) => {
    login(req, res, () => {
      if (req.url !== '/me') return res.writeHead(404).end();
      loggedIn(req, res, () => res.end(JSON.stringify({ userId: req.auth.userId })));
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

async function asClient(url, auth, wechat) {
  /** Asks as a mini-program does, and shows what comes. */
  async function ask(what, route, { token, body, as = route, tell = ({ status }) => status } = {}) {
    const [method, path] = route.split(' ');
    const headers = { Connection: 'close', ...(body && { 'Content-Type': 'application/json' }) };
    if (token) headers.Authorization = `Bearer ${token}`;
    const reply = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
    const text = await reply.text();
    const answer = { status: reply.status, data: text ? JSON.parse(text) : undefined };
    show(what, as, tell(answer));
    return answer;
  }
  const login = async (what, device) => {
    const body = { code: wechat.sample().code, device };
    const { status, data } = await ask(what, 'POST /auth/login', {
      body,
      tell: ({ data: { token } }) => short(token),
    });
    expect(status === 200, 'the login was not answered with 200');
    return data.token;
  };
  const me = (what, token) =>
    ask(what, 'GET /me', { token, tell: ({ status, data }) => `${status}${data.userId ? `, ${data.userId}` : ''}` });

  expect((await me('a stranger asks')).status === 401, 'a stranger was let in');
  const phone = await login('a user logs in', 'phone');
  const { status, data } = await me('the user asks', phone);
  expect(status === 200 && data.userId === 'user-1', 'the server does not know who is logged in');
  expect((await me('with a wrong token', `${phone.slice(0, -1)}x`)).status === 401, 'a wrong token was let in');

  const tablet = await login('on another device', 'tablet');
  const list = ({ data: { sessions } }) => sessions.map((each) => each.device + (each.current ? ' (this one)' : ''));
  const listed = await ask('the devices', 'GET /auth/sessions', { token: tablet, tell: (it) => list(it).join(', ') });
  expect(list(listed).join() === 'phone,tablet (this one)', 'the devices are not listed');

  const [{ id }] = listed.data.sessions;
  const ended = await ask('one is ended', `DELETE /auth/sessions/${id}`, {
    token: tablet,
    as: 'DELETE /auth/sessions/:id',
  });
  expect(ended.status === 204, 'the device was not ended');
  expect((await me('it is refused', phone)).status === 401, 'the device that was ended was let in');

  const renewed = await ask('the token is renewed', 'POST /auth/renew', {
    token: tablet,
    tell: ({ data: { token } }) => short(token),
  });
  expect(renewed.data.token !== tablet, 'the token was not renewed');
  expect((await me('the new one is live', renewed.data.token)).status === 200, 'the renewed token is not live');

  const session = await auth.verify(renewed.data.token);
  expect(session.device === 'tablet', 'verify gives another session');
  show('without a framework', 'verify(token)', `{ userId: '${session.userId}', device: 'tablet', … }`);

  const out = await ask('the user logs out', 'POST /auth/logout', { token: renewed.data.token });
  expect(out.status === 204, 'the logout was not answered with 204');
  expect((await me('and is out', renewed.data.token)).status === 401, 'the user is still logged in');
}
