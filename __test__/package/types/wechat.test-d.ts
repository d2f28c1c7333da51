// What index.d.ts promises of WeChat's server side: each line compiles, but for those of which an
// error is expected. Read by the oldest compiler too, and without the types of Node.

import mpauthx, {
  type AccessTokenSource,
  type Auth,
  type CloudIdentity,
  createAuth,
  type RequestBody,
  type RequestHeaders,
  type WeChatOptions,
} from 'mpauthx';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_is: Same<A, B>) => {};

declare const auth: Auth;
const { wechat } = auth;
const make = (options: WeChatOptions) => createAuth({ sku: 'shop', tokens: 'memory', wechat: options });

// The options.
make({ accessToken: async () => 'token' });
make({ accessToken: () => 'token' });
make({
  accessToken: async (asked) => {
    same<typeof asked, { invalid?: string }>(true);
    return asked.invalid === undefined ? 'token' : 'another';
  },
});
make({ accessToken: ({ invalid }) => Promise.resolve(invalid ?? 'token') });
make({ cloud: true });
make({ cloud: {} });
make({ cloud: { appIds: ['wx1'] as const } });
make({ cloud: { appIds: null } });
mpauthx('wx', 's', 'shop', null, null, null, { wechat: { cloud: false } });
// @ts-expect-error: a token is text
make({ accessToken: async () => ({ access_token: 'x' }) });
// @ts-expect-error: it gives a token
make({ accessToken: async () => {} });
// @ts-expect-error: it is a function
make({ accessToken: 'token' });
// @ts-expect-error: a list of ids
make({ cloud: { appIds: 'wx1' } });
// @ts-expect-error: no such key
make({ cloud: { appId: ['wx1'] } });
// @ts-expect-error: neither text
make({ cloud: 'yes' });
const source: AccessTokenSource = async () => 'token';

// request.
const plain = wechat.request('/wxa/x');
same<typeof plain, Promise<Record<string, unknown>>>(true);
const typed = wechat.request<{ balance: number }>('/xpay/x', { method: 'POST', body: '{}' });
same<typeof typed, Promise<{ balance: number }>>(true);
const json = wechat.request('/wxa/x', { as: 'json' });
same<typeof json, Promise<Record<string, unknown>>>(true);
wechat.request('/wxa/x', null);
wechat.request('/wxa/x', {});
wechat.request('/wxa/x', { method: null, query: null, body: null, as: null, timeout: null, retry: null });
wechat.request('/wxa/x', { method: 'GET', query: { a: 'b', c: 1, d: true }, timeout: 500, retry: true });
const bodies: RequestBody[] = ['text', new Uint8Array(1), { a: 1 }, [1], { toJSON: () => 'x' }];
for (const body of bodies) wechat.request('/wxa/x', { body, as: 'bytes' });
interface Message {
  touser: string;
  data?: { [name: string]: { value: string } };
}
declare const message: Message;
wechat.request('/cgi-bin/message/subscribe/send', { body: message });
// @ts-expect-error: a path is text
wechat.request(new URL('https://api.weixin.qq.com/x'));
// @ts-expect-error: a path is missing
wechat.request();
// @ts-expect-error: two methods
wechat.request('/wxa/x', { method: 'PUT' });
// @ts-expect-error: JSON or bytes
wechat.request('/wxa/x', { as: 'text' });
// @ts-expect-error: text, numbers and booleans
wechat.request('/wxa/x', { query: { a: undefined } });
// @ts-expect-error: text, numbers and booleans
wechat.request('/wxa/x', { query: { a: ['b'] } });
// @ts-expect-error: no number
wechat.request('/wxa/x', { body: 7 });
// @ts-expect-error: no such option
wechat.request('/wxa/x', { headers: {} });
// @ts-expect-error: a number of milliseconds
wechat.request('/wxa/x', { timeout: '500' });
// @ts-expect-error: bytes have no type of one's own
wechat.request<{ a: 1 }>('/wxa/x', { as: 'bytes' });

// The others.
const shared = wechat.accessToken();
same<typeof shared, Promise<string>>(true);
wechat.accessToken(null);
wechat.accessToken({});
wechat.accessToken({ invalid: 'token' });
// @ts-expect-error: a token is text
wechat.accessToken({ invalid: 7 });
// @ts-expect-error: an object
wechat.accessToken('token');
const fresh = wechat.checkSession('token', { skus: ['shop'] });
same<typeof fresh, Promise<boolean>>(true);
wechat.checkSession('token', null);
// @ts-expect-error: a token is text
wechat.checkSession(undefined);
// @ts-expect-error: no such option
wechat.checkSession('token', { sku: 'shop' });
const signature = wechat.sign('token', 'data');
same<typeof signature, Promise<string>>(true);
wechat.sign('token', new Uint8Array(1), { skus: ['shop'] });
// @ts-expect-error: what is signed is what the server wrote, not an object
wechat.sign('token', { a: 1 });
// @ts-expect-error: data are missing
wechat.sign('token');

// Whom headers name.
declare const node: { [name: string]: string | string[] | undefined };
declare const fetched: { get(name: string): string | null; has(name: string): boolean };
for (const headers of [node, fetched, {}] as RequestHeaders[]) wechat.identify(headers);
wechat.identify(node);
wechat.identify(fetched);
wechat.identify(new Map<string, string>());
const identity = wechat.identify(node);
same<typeof identity, CloudIdentity | null>(true);
// @ts-expect-error: it may be nobody
identity.openId;
if (identity) {
  same<typeof identity.openId, string>(true);
  same<typeof identity.unionId, string | undefined>(true);
  auth.sessions.issue(identity.openId, { openId: identity.openId });
}
// @ts-expect-error: no text
wechat.identify('x-wx-openid: o1');
// @ts-expect-error: headers are missing
wechat.identify();

export { source };
