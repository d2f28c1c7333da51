'use strict';

// What Nest's guard throws, gives and has Nest log. Prints it as JSON in its last line. In a
// process of its own, since Nest is made of ES modules.

require('reflect-metadata');
const nest = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { MpauthxError, createAuth } = require('../../..');
const { MpauthxGuard, MpauthxModule } = require('../../../lib/adapters/nest');

const reflector = { getAllAndOverride: () => undefined };

function contextOf(request, type = 'http') {
  const context = {
    getType: () => type,
    getArgs: () => [request],
    getHandler: () => {},
    getClass: () => {},
    switchToHttp: () => ({ getRequest: () => request, getResponse: () => ({ header() {} }) }),
  };
  return context;
}

async function thrownBy(guard, context) {
  try {
    return { is: await guard.canActivate(context) };
  } catch (error) {
    return {
      isUnauthorized: error instanceof nest.UnauthorizedException,
      isUnavailable: error instanceof nest.ServiceUnavailableException,
      hasCause: error.cause instanceof MpauthxError,
      message: error.message,
      status: error.getStatus?.(),
    };
  }
}

const failing = (code) => ({ verify: () => Promise.reject(new MpauthxError('No', { code })) });

/** The guard of an application on GraphQL, whose request stands in the third argument. */
class GraphGuard extends MpauthxGuard {
  getRequest(context) {
    return context.getArgs()[0].req;
  }
}

/** What Nest logs of requests to the routes, whose `onLogin` has a bug, and to a guard. */
async function logged() {
  const lines = [];
  const auth = createAuth({
    appId: 'wx',
    secret: 's',
    sku: 'shop',
    tokens: 'memory',
    wechat: { exchange: async () => ({ openid: 'o-1', session_key: 'AAAAAAAAAAAAAAAAAAAAAA==' }) },
  });
  const onLogin = () => Promise.reject(new Error('SELECT phone'));
  class App {}
  nest.Module({ imports: [MpauthxModule.forRoot({ auth, routes: 'auth', onLogin })] })(App);
  const error = (...parts) => lines.push(parts.map((part) => part?.stack || String(part)).join(' '));
  const app = await NestFactory.create(App, {
    logger: { log() {}, warn() {}, debug() {}, verbose() {}, fatal() {}, error },
  });
  app.setGlobalPrefix('api');
  await app.listen(0, '127.0.0.1');
  const at = `http://127.0.0.1:${app.getHttpServer().address().port}/api/auth`;
  const refused = await fetch(`${at}/sessions`);
  const before = lines.length;
  const headers = { 'Content-Type': 'application/json' };
  const failed = await fetch(`${at}/login`, { method: 'POST', headers, body: '{"code":"x"}' });
  const answer = { statuses: [refused.status, failed.status], before, text: await failed.text(), log: lines.join('') };
  await app.close();
  return answer;
}

async function run() {
  const memory = createAuth({ appId: 'wx', secret: 's', sku: 'shop', tokens: 'memory' });
  const { token } = await memory.sessions.issue('o-1');
  const headers = { authorization: `Bearer ${token}` };
  const graph = { req: { headers } };
  const printed = {
    invalid: await thrownBy(new MpauthxGuard({ auth: failing(6007) }, reflector), contextOf({ headers })),
    away: await thrownBy(new MpauthxGuard({ auth: failing(6000) }, reflector), contextOf({ headers })),
    graph: await thrownBy(new GraphGuard({ auth: memory }, reflector), contextOf(graph, 'graphql')),
    userId: graph.req.auth.userId,
    nobody: await thrownBy(new GraphGuard({ auth: memory }, reflector), contextOf({ req: {} }, 'graphql')),
    logged: await logged(),
  };
  console.log(JSON.stringify(printed));
  process.exit();
}

run();
