// What index.d.ts promises, read by the compiler: each line compiles, each
// line under @ts-expect-error does not.

import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import BetterSqlite3 from 'better-sqlite3';
import mpauthx, { type MpauthxError, type Options, type UserDatabase, type UserStore } from 'mpauthx';
import type { Database as PromiseSqlite } from 'sqlite';
import sqlite3 from 'sqlite3';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_is: Same<A, B>) => {};

const handle = new sqlite3.Database(':memory:');
const double: UserDatabase = {
  all: (_sql: string, callback: (error: Error | null, rows: unknown[]) => void) => callback(null, []),
  run: (_sql: string, callback: (error: Error | null) => void) => callback(null),
};

// Everything else that can be db.
const store: UserStore = {
  has: async (userId) => userId.startsWith('o'),
  add: async (userId) => {
    same<typeof userId, string>(true);
  },
};
declare const wrapper: PromiseSqlite;
/** As sqlite-async and promised-sqlite3 declare themselves. */
declare const returning: {
  all(sql: string, ...params: unknown[]): Promise<unknown[]>;
  run(sql: string, ...params: unknown[]): Promise<{ lastID: number; changes: number }>;
};
const databases: UserDatabase[] = [
  'file:users.db?mode=rw',
  pathToFileURL('users.db'),
  new BetterSqlite3('users.db'),
  new DatabaseSync('users.db'),
  wrapper,
  returning,
  { all: promisify(handle.all.bind(handle)), run: promisify(handle.run.bind(handle)) },
  { all: (sql: string) => [sql], run: (sql: string) => ({ changes: sql.length }) },
  { exec: async () => {}, prepare: async () => ({ all: async () => [], run: async () => {} }) },
  store,
  new Set<string>(),
  new (class {
    readonly #users = new Map<string, Date>();
    has = (userId: string) => this.#users.has(userId);
    add = (userId: string) => this.#users.set(userId, new Date());
  })(),
];
for (const db of databases) mpauthx('wx', 'secret', 'shop', db);

// The factory, as applications on 1.3.2 call it, and with what is new.
const wx = mpauthx('wx', 'secret', 'shop', handle);
same<typeof wx, mpauthx.Mpauthx>(true);
mpauthx('wx', 'secret', 'shop', handle, 'password');
mpauthx('wx', 'secret', 'shop', handle, null, 60);
mpauthx('wx', 'secret', 'shop', handle, undefined, '60');
mpauthx('wx', 'secret', 'shop', handle, null, null, {});
mpauthx('wx', 'secret', 'shop', '/data/app.db', null, null, { createTable: true });
mpauthx('wx', 'secret', 'shop', double);
mpauthx(null, null, null, null);
mpauthx(undefined, undefined, undefined, undefined, null, null, null);

const options: Options = {
  tokens: 'redis://127.0.0.1:6379',
  wechat: { endpoint: 'http://localhost:8080', timeout: 1000 },
  users: 'native',
  createTable: false,
};
mpauthx('wx', 'secret', 'shop', 'app.db', null, null, options);
mpauthx('wx', 'secret', 'shop', 'app.db', null, null, { tokens: 'memory', wechat: {}, users: 'object' });
mpauthx('wx', 'secret', 'shop', 'app.db', null, null, { tokens: { file: 'tokens.db' } });
mpauthx('wx', 'secret', 'shop', 'app.db', null, null, { cache: true });
mpauthx('wx', 'secret', 'shop', 'app.db', null, null, { cache: { maxTokens: 1000, maxAge: 500 } });
// @ts-expect-error: not milliseconds
mpauthx('wx', 'secret', 'shop', 'app.db', null, null, { cache: { maxAge: '500' } });
mpauthx('wx', 'secret', 'shop', 'app.db', null, null, { tokens: { file: pathToFileURL('tokens.db') } });
mpauthx('wx', 'secret', 'shop', 'app.db', null, null, { tokens: process.env.REDIS_URL ?? 'memory' });
const nodes: readonly mpauthx.RedisUrl[] = ['redis://127.0.0.1:7000'];
mpauthx('wx', 'secret', 'shop', 'app.db', null, null, { tokens: { cluster: nodes } });
mpauthx('wx', 'secret', 'shop', 'app.db', null, null, { tokens: { sentinels: nodes, master: 'm' } });
mpauthx('wx', 'secret', 'shop', 'app.db', null, null, { tokens: 'unix:///run/redis.sock' });
// @ts-expect-error: a variable may be missing
mpauthx('wx', 'secret', 'shop', 'app.db', null, null, { tokens: process.env.REDIS_URL });
// @ts-expect-error: the layout is redis'
mpauthx('wx', 'secret', 'shop', 'app.db', null, null, { tokens: { file: 'tokens.db', layout: 'tagged' } });
// @ts-expect-error: one place
mpauthx('wx', 'secret', 'shop', 'app.db', null, null, { tokens: { file: 'tokens.db', url: 'redis://127.0.0.1' } });

// @ts-expect-error: db is missing
mpauthx('wx', 'secret', 'shop');
// @ts-expect-error: a number is no db
mpauthx('wx', 'secret', 'shop', 42);
// @ts-expect-error: a store without add is no db
mpauthx('wx', 'secret', 'shop', { has: store.has });
// @ts-expect-error: has answers whether
mpauthx('wx', 'secret', 'shop', { ...store, has: async () => 'yes' });
// @ts-expect-error: an object without run is no db
mpauthx('wx', 'secret', 'shop', { all: double.all });
// @ts-expect-error: appId is text
mpauthx(42, 'secret', 'shop', handle);
// @ts-expect-error: secret is text
mpauthx('wx', 42, 'shop', handle);
// @ts-expect-error: ttl is a number or its text
mpauthx('wx', 'secret', 'shop', handle, null, true);
// @ts-expect-error: redisPass is text
mpauthx('wx', 'secret', 'shop', handle, 42);
// @ts-expect-error: options are an object
mpauthx('wx', 'secret', 'shop', handle, null, null, 'memory');
// @ts-expect-error: no such option
mpauthx('wx', 'secret', 'shop', handle, null, null, { token: 'memory' });
// @ts-expect-error: no such token store
mpauthx('wx', 'secret', 'shop', handle, null, null, { tokens: 6379 });
// @ts-expect-error: profiles are not kept
mpauthx('wx', 'secret', 'shop', handle, null, null, { profile: true });
// @ts-expect-error: no such option of wechat
mpauthx('wx', 'secret', 'shop', handle, null, null, { wechat: { host: 'localhost' } });
// @ts-expect-error: timeout is a number
mpauthx('wx', 'secret', 'shop', handle, null, null, { wechat: { timeout: '1000' } });
// @ts-expect-error: users is 'native' or 'object'
mpauthx('wx', 'secret', 'shop', handle, null, null, { users: 'rust' });
// @ts-expect-error: createTable is a boolean
mpauthx('wx', 'secret', 'shop', handle, null, null, { createTable: 'yes' });
// @ts-expect-error: it is no class
new mpauthx('wx', 'secret', 'shop', handle);

// The functions.
same<ReturnType<typeof wx.authorize>, Promise<mpauthx.Success>>(true);
same<ReturnType<typeof wx.refreshToken>, Promise<mpauthx.Success>>(true);
same<ReturnType<typeof wx.isTokenValid>, Promise<void>>(true);
same<ReturnType<typeof wx.extractOpenId>, string>(true);
same<ReturnType<typeof wx.extractSku>, string | null>(true);
same<ReturnType<typeof wx.close>, Promise<void>>(true);
same<mpauthx.Success, { status_code: 1; status_message: 'OK'; response: string }>(true);
same<Same<mpauthx.Success, { status_code: number }>, false>(true);

wx.authorize('code', 'data', 'iv');
wx.authorize('code', Buffer.alloc(16), new Uint8Array(16));
// @ts-expect-error: iv is missing
wx.authorize('code', 'data');
// @ts-expect-error: a code is text
wx.authorize(null, 'data', 'iv');
// @ts-expect-error: data are text or bytes
wx.authorize('code', 42, 'iv');
// @ts-expect-error: a user is text
wx.refreshToken(null);
// @ts-expect-error: a token is text
wx.isTokenValid(undefined);
// @ts-expect-error: a token is text
wx.extractOpenId(42);
// @ts-expect-error: a token is text
wx.extractSku({});
// @ts-expect-error: no such function
wx.logout('token');

// What a promise gives.
export async function use(): Promise<string> {
  const { response, status_code } = await wx.authorize('code', 'data', 'iv');
  same<typeof response, string>(true);
  same<typeof status_code, 1>(true);
  // @ts-expect-error: there is nothing else in it
  (await wx.refreshToken('user')).token;
  const nothing = await wx.isTokenValid(response);
  same<typeof nothing, void>(true);
  return response;
}

// Errors.
export function advice(error: MpauthxError): string {
  same<typeof error.code, mpauthx.ErrorCode>(true);
  same<typeof error.errcode, number | undefined>(true);
  same<typeof error.errmsg, string | undefined>(true);
  same<typeof error.rid, string | undefined>(true);
  same<typeof error.retryable, boolean | undefined>(true);
  same<typeof error.status, number>(true);
  // @ts-expect-error: it is one of the numbers
  if (error.code === 401) return 'never';
  return error instanceof Error && error.retryable ? 'again' : error.message;
}

// Constants: the numbers themselves, and not to be written.
same<typeof wx.constants.statusCode.success, 1>(true);
same<typeof wx.constants.statusCode.databaseRelatedError, 6000>(true);
same<typeof wx.constants.statusCode.userInfoDecryptionError, 6011>(true);
same<typeof wx.constants.statusCode.unknownError, 9999>(true);
// @ts-expect-error: it cannot be written
wx.constants.statusCode.success = 1;
// @ts-expect-error: no such status
wx.constants.statusCode.ok;
