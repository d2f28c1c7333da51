// What index.d.ts promises of createAuth: each line compiles, each line under @ts-expect-error
// does not.

import type mpauthx from 'mpauthx';
import { type Auth, createAuth, type Identity, MpauthxError, type Session, type statusCode } from 'mpauthx';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_is: Same<A, B>) => {};

const base = { appId: 'wx', secret: 's', sku: 'shop', tokens: 'memory' };
const auth = createAuth(base);
same<typeof auth, Auth>(true);
same<typeof mpauthx.createAuth, typeof createAuth>(true);
same<typeof statusCode.invalidAccessToken, 6007>(true);

createAuth({ sku: 'shop', tokens: process.env.REDIS_URL as string });
createAuth({ ...base, tokens: { url: 'rediss://redis', deadline: 1000 } });
createAuth({ ...base, tokens: { file: 'tokens.db' } });
createAuth({ ...base, db: 'users.db', createTable: true });
createAuth({ ...base, sessions: { idle: 60 } });
createAuth({ ...base, sessions: { max: 3 } });
createAuth({ ...base, sessions: { mode: 'shared' } });
createAuth({ ...base, resolveUser: ({ unionId, openId }) => unionId ?? openId });
createAuth({ ...base, resolveUser: async (_: Identity) => ({ userId: '42', isNewUser: true }) });

// @ts-expect-error: tokens are missing
createAuth({ appId: 'wx', secret: 's', sku: 'shop' });
// @ts-expect-error: sku is missing
createAuth({ appId: 'wx', secret: 's', tokens: 'memory' });
// @ts-expect-error: no such option
createAuth({ ...base, token: 'memory' });
// @ts-expect-error: one of the two knows the users
createAuth({ ...base, db: 'users.db', resolveUser: () => '42' });
// @ts-expect-error: max is for tokens that are not shared
createAuth({ ...base, sessions: { mode: 'shared', max: 3 } });
// @ts-expect-error: a user is text
createAuth({ ...base, resolveUser: () => 42 });
// @ts-expect-error: 1.3.2's functions are the factory's
auth.isTokenValid('token');

export async function use(token: unknown): Promise<string> {
  try {
    const session = await auth.verify(token);
    same<typeof session, Session>(true);
    return session.userId;
  } catch (error) {
    if (!(error instanceof MpauthxError)) throw error;
    same<typeof error.status, number>(true);
    return `${error.code}`;
  }
}
