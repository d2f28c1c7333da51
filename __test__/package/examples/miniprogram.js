'use strict';

// A mini-program and the server it talks to, each as small as may be: for what goes wrong between
// them.

const http = require('node:http');
const { once } = require('node:events');
const { defer, mpauthx, sample, SECRET, startFakeWeChat } = require('../../support');
const { launch, wxDouble } = require('./wx');

/** `start()` is a launch of the mini-program, `endToken()` ends the sessions of its user, o1. */
async function startPair() {
  const wechat = await startFakeWeChat({ strict: true });
  const auth = mpauthx.createAuth({
    appId: sample.appId,
    secret: SECRET,
    sku: 'shop',
    tokens: 'memory',
    wechat: { endpoint: wechat.endpoint },
  });
  defer(() => auth.close());
  const server = await startServer(auth);
  const wx = wxDouble(() => wechat.user({ openId: 'o1' }).code);
  return {
    server,
    wx,
    start: () => launch(wx, `${server.url}/auth`),
    endToken: () => auth.sessions.revokeUser('o1'),
    sessions: () => auth.sessions.list('o1'),
  };
}

/**
 * The routes for the login, and paths for those who are logged in. A function in `answers` answers
 * its path instead: `[status, data, headers]`.
 */
async function startServer(auth) {
  const seen = [];
  const answers = {};
  const routes = routesOf(auth);
  const handle = async (req, res) => {
    const body = await text(req);
    const request = { path: req.url, method: req.method, headers: req.headers, body, status: 0 };
    seen.push(request);
    const answer = answers[req.url] ?? routes[req.url] ?? routes.others;
    const [status, data, headers] = await answer(request).catch(refusal);
    request.status = status;
    res.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(data));
  };
  const listener = http.createServer(handle);
  defer(() => {
    listener.close();
    listener.closeAllConnections();
  });
  await once(listener.listen(0, '127.0.0.1'), 'listening');
  const statuses = (wanted) => seen.filter((request) => request.path === wanted).map(({ status }) => status);
  return { url: `http://127.0.0.1:${listener.address().port}`, seen, answers, statuses, routes };
}

const routesOf = (auth) => ({
  async '/auth/login'(request) {
    const replace = tokenOf(request);
    const { token } = await auth.login(JSON.parse(request.body).code, replace ? { replace } : {});
    return [200, { token }];
  },
  async '/auth/renew'(request) {
    return [200, { token: (await auth.sessions.rotate(tokenOf(request))).token }];
  },
  async '/auth/logout'(request) {
    await auth.sessions.revoke(tokenOf(request));
    return [204];
  },
  async others(request) {
    const { userId } = await auth.verify(tokenOf(request));
    return [200, { user: userId, method: request.method, body: request.body }];
  },
});

const refusal = ({ status, headers }) => [status, {}, headers];

const tokenOf = ({ headers }) => (headers.authorization ?? '').replace(/^Bearer /, '');

async function text(req) {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

module.exports = { startPair, tokenOf };
