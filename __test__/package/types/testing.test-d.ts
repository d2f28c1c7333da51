// What lib/testing.d.ts promises: each line compiles, but for those of which an error is expected.
// Read by the oldest compiler too.

import type { Auth, Login } from 'mpauthx';
import { createTestAuth, type TestAuth, type TestAuthOptions, type TestRequest } from 'mpauthx/testing';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_is: Same<A, B>) => {};

createTestAuth();
createTestAuth({});
createTestAuth({ sku: 'shop', ttl: 60, sessions: { max: 3 }, sessionKeys: true, tokens: 'memory' });
createTestAuth({ resolveUser: ({ openId }) => openId });
createTestAuth({ db: new Set<string>(), createTable: true });
createTestAuth({ wechat: { retries: 1, push: { token: 'token', plain: true } } });
const options: TestAuthOptions = { appId: 'wx1', secret: 's1' };
createTestAuth(options);
// @ts-expect-error: tokens are in memory
createTestAuth({ tokens: 'redis://127.0.0.1' });
// @ts-expect-error: tokens are in memory
createTestAuth({ tokens: { file: 'tokens.db' } });
// @ts-expect-error: it has a WeChat of its own
createTestAuth({ wechat: { endpoint: 'http://127.0.0.1' } });
// @ts-expect-error: each says who a user is
createTestAuth({ db: 'app.db', resolveUser: () => 'user' });
// @ts-expect-error: no such option
createTestAuth({ skus: 'shop' });
// @ts-expect-error: one object
createTestAuth('shop');

declare const t: TestAuth;
same<typeof t.auth, Auth>(true);
const code: string = t.code('alice');
const phoneCode: string = t.phoneCode('alice');
const login: Promise<Login> = t.loginAs('alice');
t.loginAs('alice', { device: 'phone', replace: 'token' });
t.clock.advance('3d');
t.clock.advance(3600);
const now: number = t.clock.now();
t.tokens.fail();
t.tokens.heal();
t.wechat.refuse(40029);
t.wechat.refuse(-1, { path: '/sns/jscode2session' });
t.wechat.refuse(-1, null);
t.wechat.away();
t.wechat.back();
t.wechat.setPhone('alice', '13800000000');
t.wechat.setPhone('alice', '5550100', { countryCode: '1' });
t.wechat.setPhone('alice', '5550100', null);
t.wechat.setUnionId('alice', 'union');
t.wechat.replaceSessionKey('alice');
const { encryptedData, iv, rawData, signature } = t.wechat.encrypt('alice', { stepInfoList: [] });
t.wechat.encrypt('alice');
t.wechat.encrypt('alice', 'text');
t.auth.wechat.receive(t.wechat.push({ MsgType: 'text' }));
t.wechat.push({ MsgType: 'text' }, { timestamp: 1700000000 });
t.wechat.push({ MsgType: 'text' }, null);
const requests: TestRequest[] = t.wechat.requests;
const path: string | undefined = requests[0]?.path;
const bytes: Uint8Array | undefined = requests[0]?.bytes;
const rawQuery: string | undefined = requests[0]?.rawQuery;
const secure: boolean | undefined = requests[0]?.secure;
const endpoint: string = t.wechat.endpoint;
const closed: Promise<void> = t.close();

// @ts-expect-error: a name is text
t.code(7);
// @ts-expect-error: whose?
t.phoneCode();
// @ts-expect-error: no such option
t.loginAs('alice', { devise: 'phone' });
// @ts-expect-error: a text or seconds
t.clock.advance(new Date());
// @ts-expect-error: WeChat's errcodes are numbers
t.wechat.refuse('40029');
// @ts-expect-error: seconds are a number
t.wechat.push({ MsgType: 'text' }, { timestamp: new Date() });
// @ts-expect-error: digits as text
t.wechat.setPhone('alice', 13800000000);
// @ts-expect-error: an object or a text
t.wechat.encrypt('alice', 7);

export {
  bytes,
  closed,
  code,
  encryptedData,
  endpoint,
  iv,
  login,
  now,
  path,
  phoneCode,
  rawData,
  rawQuery,
  secure,
  signature,
};
