// What index.d.ts promises of logins by code and of sessions: each line compiles, each
// line under @ts-expect-error does not.

import mpauthx, {
  type Explanation,
  type Issued,
  type ListedSession,
  type Login,
  type LoginOptions,
  type Session,
} from 'mpauthx';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_is: Same<A, B>) => {};

const wx = mpauthx('wx', 'secret', 'shop', 'app.db');
const make = (options: mpauthx.Options) => mpauthx('wx', 'secret', 'shop', 'app.db', null, null, options);

// The options.
make({ sessions: {} });
make({ sessions: { mode: 'shared' } });
make({ sessions: { mode: 'each' } });
make({ sessions: { mode: 'each', max: 3, idle: 86400 } });
make({ sessions: { idle: 60 }, sessionKeys: true });

// @ts-expect-error: no such mode
make({ sessions: { mode: 'one' } });
// @ts-expect-error: max is a number
make({ sessions: { mode: 'each', max: '3' } });
// @ts-expect-error: max is for tokens that are not shared
make({ sessions: { max: 3 } });
// @ts-expect-error: max is for tokens that are not shared
make({ sessions: { mode: 'shared', max: 3 } });
// @ts-expect-error: idle is a number
make({ sessions: { idle: '60' } });
// @ts-expect-error: no such option of sessions
make({ sessions: { ttl: 60 } });
// @ts-expect-error: sessions are an object
make({ sessions: 'each' });
// @ts-expect-error: sessionKeys is a boolean
make({ sessionKeys: 'yes' });

// What the functions take.
wx.login('code');
wx.login('code', null);
wx.login('code', {});
wx.login('code', { device: 'phone' });
wx.sessions.issue('user');
wx.sessions.issue('user', { device: 'phone' });
wx.sessions.revokeUser('user', { allSkus: true });
wx.sessions.revokeUser('user', null);
wx.sessions.rotate('token', { grace: 0 });
wx.sessions.rotate('token', {});
wx.sessions.inspect(undefined);
wx.sessions.inspect('token', { skus: ['shop'] });
wx.sessions.revoke(null, {});
wx.sessions.explain(undefined);
wx.sessions.explain('token', { skus: ['shop'] });
wx.sessions.list('user', { current: 'token' });
wx.sessions.revokeUser('user', { except: 'token' });
wx.sessions.revokeById('user', 'id');
wx.sessions.issue('user', { openId: 'o1', replace: 'token' });
wx.sessions.rotate('token', { skus: ['shop'], grace: 5 });

// @ts-expect-error: a code is text
wx.login(null);
// @ts-expect-error: a code alone
wx.login('code', 'data', 'iv');
// @ts-expect-error: a device is text
wx.login('code', { device: 42 });
// @ts-expect-error: no such option of a login
wx.sessions.issue('user', { ttl: 60 });
// @ts-expect-error: a user is text
wx.sessions.issue(undefined);
// @ts-expect-error: skus are a list
wx.sessions.inspect('token', { skus: 'shop' });
// @ts-expect-error: no such option of an explanation
wx.sessions.explain('token', { fresh: true });
// @ts-expect-error: an id is missing
wx.sessions.revokeById('user');
// @ts-expect-error: a login knows the openid itself
wx.login('code', { openId: 'o1' });
// @ts-expect-error: a user is text
wx.sessions.list(42);
// @ts-expect-error: allSkus is a boolean
wx.sessions.revokeUser('user', { allSkus: 'yes' });
// @ts-expect-error: allSkus has a name
wx.sessions.revokeUser('user', true);
// @ts-expect-error: grace is a number
wx.sessions.rotate('token', { grace: '10' });
// @ts-expect-error: grace has a name
wx.sessions.rotate('token', 10);
// @ts-expect-error: a token is missing
wx.sessions.rotate();
// @ts-expect-error: no such function
wx.sessions.revokeAll('user');
// @ts-expect-error: it cannot be written
wx.sessions = make({}).sessions;

// What they give.
same<ReturnType<typeof wx.login>, Promise<Login>>(true);
same<ReturnType<typeof wx.sessions.issue>, Promise<Issued>>(true);
same<ReturnType<typeof wx.sessions.revokeById>, Promise<boolean>>(true);
same<ReturnType<typeof wx.sessions.inspect>, Promise<Session | null>>(true);
same<ReturnType<typeof wx.sessions.explain>, Promise<Explanation>>(true);
same<Explanation, 'live' | 'expired' | 'revoked' | 'replaced' | 'evicted' | 'reused' | 'rotated' | 'unknown'>(true);
same<ReturnType<typeof wx.sessions.list>, Promise<ListedSession[]>>(true);
same<ReturnType<typeof wx.sessions.revoke>, Promise<boolean>>(true);
same<ReturnType<typeof wx.sessions.revokeUser>, Promise<number>>(true);
same<ReturnType<typeof wx.sessions.rotate>, Promise<Issued>>(true);

same<keyof Issued, 'token' | 'id' | 'userId' | 'openId' | 'unionId' | 'expiresAt' | 'isNewUser'>(true);
same<keyof Login, keyof Issued>(true);
same<Issued['openId'], string | undefined>(true);
same<Login['openId'], string>(true);
same<Login['expiresAt'], number | null>(true);
same<Login['isNewUser'], boolean | undefined>(true);
same<keyof Session, 'id' | 'userId' | 'openId' | 'sku' | 'issuedAt' | 'expiresAt' | 'lastSeenAt' | 'device'>(true);
same<keyof ListedSession, keyof Session | 'current'>(true);

export async function use(code: string): Promise<number> {
  const options: LoginOptions = { device: 'phone' };
  const { token, id, isNewUser, expiresAt } = await wx.login(code, options);
  same<typeof token, string>(true);
  same<typeof id, string>(true);
  same<typeof isNewUser, boolean | undefined>(true);
  same<typeof expiresAt, number | null>(true);

  const session = await wx.sessions.inspect(token);
  // @ts-expect-error: it may be null
  session.userId;
  if (session === null) return 0;
  same<typeof session.userId, string>(true);
  same<typeof session.sku, string>(true);
  same<typeof session.issuedAt, number>(true);
  same<typeof session.expiresAt, number | null>(true);
  same<typeof session.openId, string | undefined>(true);
  same<typeof session.lastSeenAt, number | undefined>(true);
  same<typeof session.device, string | undefined>(true);
  // @ts-expect-error: nobody is told it again
  session.token;

  const rotated: Issued = await wx.sessions.rotate(token);
  // @ts-expect-error: 1.3.2's functions alone give that
  rotated.response;

  const ended: boolean[] = [];
  for (const { id, current } of await wx.sessions.list(session.userId, { current: rotated.token })) {
    if (!current) ended.push(await wx.sessions.revokeById(session.userId, id));
  }
  return ended.length + (await wx.sessions.revokeUser(session.userId, { allSkus: true, except: rotated.token }));
}
