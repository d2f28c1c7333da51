// What index.d.ts promises of the door of new applications: each line compiles, but for those of
// which an error is expected. Read by the oldest compiler too.

import mpauthx, {
  type Auth,
  type AuthOptions,
  createAuth,
  type ErrorCode,
  type Identity,
  type Mpauthx,
  MpauthxError,
  type PlainError,
  type Session,
  type SessionEndEvent,
  type Stats,
  statusCode,
} from 'mpauthx';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_is: Same<A, B>) => {};

declare const env: { REDIS_URL?: string; FILE?: string };
const app = { appId: 'wx', secret: 'secret', sku: 'shop' };

const auth: Auth = createAuth({ ...app, tokens: 'memory' });
same<typeof createAuth, typeof mpauthx.createAuth>(true);

// Where tokens are.
createAuth({ ...app, tokens: env.REDIS_URL ?? 'redis://127.0.0.1' });
// biome-ignore lint/style/noNonNullAssertion: applications write it
createAuth({ ...app, tokens: env.REDIS_URL! });
createAuth({ ...app, tokens: { url: env.REDIS_URL ?? '', layout: 'compatible', deadline: 500 } });
createAuth({ ...app, tokens: { file: 'tokens.db' } });
createAuth({ ...app, tokens: { cluster: ['redis://127.0.0.1'] } });
createAuth({ ...app, tokens: { sentinels: ['redis://127.0.0.1'], master: 'm' } });
// @ts-expect-error: a variable may be missing
createAuth({ ...app, tokens: env.REDIS_URL });
// @ts-expect-error: a variable may be missing
createAuth({ ...app, tokens: { url: env.REDIS_URL } });
// @ts-expect-error: a variable may be missing
createAuth({ ...app, tokens: { file: env.FILE } });
// @ts-expect-error: it names no place
createAuth({ ...app, tokens: { layout: 'tagged' } });
// @ts-expect-error: tokens are missing
createAuth(app);
// @ts-expect-error: a sku is missing
createAuth({ appId: 'wx', secret: 'secret', tokens: 'memory' });
// @ts-expect-error: one object
createAuth('wx', 'secret', 'shop');
// @ts-expect-error: no such option
createAuth({ ...app, tokens: 'memory', token: 'x' });

// Sessions.
createAuth({ ...app, tokens: 'memory', sessions: { idle: 60 } });
createAuth({ ...app, tokens: 'memory', sessions: { max: 3 } });
createAuth({ ...app, tokens: 'memory', sessions: { mode: 'shared', idle: 60 } });
// @ts-expect-error: a shared session is one
createAuth({ ...app, tokens: 'memory', sessions: { mode: 'shared', max: 3 } });

// Who a user is.
createAuth({ ...app, tokens: 'memory', db: 'app.db', createTable: true, users: 'native' });
createAuth({ ...app, tokens: 'memory', db: new Set<string>() });
createAuth({ ...app, tokens: 'memory', resolveUser: ({ openId }) => openId });
createAuth({ ...app, tokens: 'memory', resolveUser: async ({ openId, unionId }) => unionId ?? openId });
createAuth({
  ...app,
  tokens: 'memory',
  resolveUser: async (identity) => {
    same<typeof identity, Identity>(true);
    return { userId: identity.openId, isNewUser: true };
  },
});
// @ts-expect-error: an id is text
createAuth({ ...app, tokens: 'memory', resolveUser: () => 7 });
// @ts-expect-error: an id is missing
createAuth({ ...app, tokens: 'memory', resolveUser: async () => ({ isNewUser: true }) });
// @ts-expect-error: nothing is returned
createAuth({ ...app, tokens: 'memory', resolveUser: async () => {} });
// @ts-expect-error: each says who a user is
createAuth({ ...app, tokens: 'memory', db: 'app.db', resolveUser: () => 'user' });
const options: AuthOptions = { ...app, tokens: 'memory', cache: true, sessionKeys: true, ttl: 60 };
createAuth(options);

// What it has, and what it has not.
same<keyof Auth, 'login' | 'verify' | 'sessions' | 'wechat' | 'forget' | 'health' | 'stats' | 'close'>(true);
// @ts-expect-error: it rejects with undefined
auth.isTokenValid('token');
// @ts-expect-error: it trusts whoever calls it
auth.refreshToken('user');
// @ts-expect-error: it trusts any text
auth.extractOpenId('token');
// @ts-expect-error: it is 1.3.2's
auth.authorize('code', 'data', 'iv');
declare const old: Mpauthx;
const both: Auth = old;

// The message push.
const push = { token: 'Token', encodingAESKey: 'key' };
createAuth({ ...app, tokens: 'memory', wechat: { push } });
createAuth({ ...app, tokens: 'memory', wechat: { push: { token: 'Token', plain: true } } });
// @ts-expect-error: it is plain or has a key
createAuth({ ...app, tokens: 'memory', wechat: { push: { ...push, plain: true } } });
// @ts-expect-error: nothing says that it is plain
createAuth({ ...app, tokens: 'memory', wechat: { push: { token: 'Token' } } });
// @ts-expect-error: a token is missing
createAuth({ ...app, tokens: 'memory', wechat: { push: { encodingAESKey: 'key' } } });
export async function receive(query: { [name: string]: unknown }, body: Uint8Array): Promise<string> {
  const { message, reply } = await auth.wechat.receive({ query, body });
  if (message === null) return reply;
  same<typeof message, mpauthx.PushMessage>(true);
  if (message.Event === 'user_authorization_cancellation' && message.OpenID) {
    same<number, Awaited<ReturnType<typeof auth.forget>>>(true);
    await auth.forget({ openId: message.OpenID });
  }
  same<typeof message.Content, unknown>(true);
  return reply;
}
auth.wechat.receive({ query: { nonce: '1' }, body: 'text' });
auth.forget('user');
// @ts-expect-error: a query is missing
auth.wechat.receive({ body: 'text' });
// @ts-expect-error: a parsed body is none
auth.wechat.receive({ query: {}, body: {} });
// @ts-expect-error: no such name
auth.forget({ openid: 'o1' });

// Verification.
same<ReturnType<typeof auth.verify>, Promise<Session>>(true);
auth.verify(undefined);
auth.verify({}, { skus: ['shop', 'shop-h5'], fresh: true });
auth.verify('token', null);
// @ts-expect-error: skus are a list
auth.verify('token', { skus: 'shop' });
// @ts-expect-error: no such option
auth.verify('token', { sku: 'shop' });

// Errors.
export function answer(error: unknown): number {
  if (error instanceof MpauthxError) {
    same<typeof error.code, ErrorCode>(true);
    same<typeof error.status, number>(true);
    same<typeof error.retryable, boolean | undefined>(true);
    error.status = 500;
    error.headers = { 'Retry-After': '5' };
    error.getResponse();
    if (error.code === statusCode.invalidAccessToken) return 401;
    // @ts-expect-error: no call rejects with it
    if (error.code === 6002) return 0;
    return error.expose ? error.status : error.statusCode;
  }
  // @ts-expect-error: it may be anything
  return error.status;
}
const plain: PlainError = new MpauthxError('x', { code: 6007 });
// @ts-expect-error: no such code
new MpauthxError('x', { code: 7 });
same<typeof statusCode.invalidAccessToken, 6007>(true);

export { both, plain };

// What is counted and told.
same<ReturnType<typeof auth.stats>, Stats>(true);
const { checks, ways, ended, wechat, redis, inFlight, logins } = auth.stats();
same<(typeof checks)['live' | 'dead' | 'failed'], number>(true);
same<(typeof ways)['cache' | 'direct' | 'batch'], number>(true);
same<keyof typeof ended, SessionEndEvent['reason']>(true);
export const counted: number = inFlight + logins + redis.reconnects + wechat.latency.sum;
// @ts-expect-error: no such counter
checks.all;
// @ts-expect-error: it takes nothing
auth.stats('checks');
