import type {
  Auth,
  AuthSettings,
  Login,
  LoginOptions,
  UsersInDatabase,
  UsersOfApplication,
  WeChatOptions,
} from '../index';

/**
 * Creates what `createAuth` does, for tests: its tokens are in memory, on a clock that the test
 * advances, and its WeChat is a fake one on loopback. Rejects with a TypeError for an option that
 * cannot work.
 */
export function createTestAuth(options?: TestAuthOptions): Promise<TestAuth>;

/** As of `createAuth`, all of them optional. */
export type TestAuthOptions = TestAuthSettings & (UsersInDatabase | UsersOfApplication);

export interface TestAuthSettings extends Partial<Omit<AuthSettings, 'tokens' | 'wechat'>> {
  tokens?: 'memory' | null;
  wechat?: TestWeChatOptions | null;
}

export interface TestWeChatOptions extends Omit<WeChatOptions, 'endpoint'> {
  endpoint?: never;
}

export type TestAuth = TestKit & AsyncDisposal;

/**
 * Users have names, such as `'alice'`: whoever is named is there. The name is the openid, so
 * without `resolveUser` and `db` it is the user's id too.
 */
export interface TestKit {
  /** What `createAuth` gives: for the application that is tested. */
  auth: Auth;

  /** What `wx.login` gives the user: good once, for five minutes on `clock`. */
  code(user: string): string;

  /** What the phone number button gives the user: good once, for five minutes on `clock`. */
  phoneCode(user: string): string;

  /** `auth.login` with a code of the user: rejects as that does. */
  loginAs(user: string, options?: LoginOptions | null): Promise<Login>;

  clock: TestClock;
  tokens: TestTokens;
  wechat: TestWeChat;

  /** Closes `auth` and the fake WeChat. */
  close(): Promise<void>;
}

/**
 * The clock of the token store and of the fake WeChat. It runs as the machine's does, besides what
 * the test advances it by. No fake timers touch it, and it does not touch what pushed messages are
 * checked by.
 */
export interface TestClock {
  /**
   * Lets time pass: tokens, codes and access tokens end as they would.
   *
   * @param duration A text with a unit (`ms`, `s`, `m`, `h`, `d`, `w`) such as `'3d'`, `'90m'`,
   *                 `'1.5h'`; or a number of seconds, as `ttl`, `idle` and `grace` are.
   */
  advance(duration: string | number): void;

  /** The time in Unix milliseconds. */
  now(): number;
}

/** A call that is under way when the store fails or heals may meet either: await it before. */
export interface TestTokens {
  /** From now on the token store is away: whatever asks it fails at once with 6000, status 503. */
  fail(): void;
  /** The token store is there again, with all that it had. */
  heal(): void;
}

export interface TestWeChat {
  /** Where it listens, for an object that the test makes itself: its option `wechat.endpoint`. */
  endpoint: string;

  /** Every request so far, in order; those as well that were refused or not answered. */
  requests: TestRequest[];

  /**
   * From now on WeChat refuses with this errcode, until `back`: the requests of one path, or all
   * that no path has been named for, but those for access tokens.
   */
  refuse(errcode: number, options?: { path?: string | null } | null): void;

  /** From now on each connection ends without an answer, until `back`, whatever is refused. */
  away(): void;

  /** WeChat is as ever: neither away nor refusing anything. */
  back(): void;

  /** The number that codes of the user's phone number button give from now on. Both are digits. */
  setPhone(user: string, phoneNumber: string, options?: { countryCode?: string | null } | null): void;

  /** The user has a unionid in logins from now on: as of a mini-program on an open platform. */
  setUnionId(user: string, unionId: string): void;

  /** The user has logged in elsewhere: another session key is valid than the one that was given. */
  replaceSessionKey(user: string): void;

  /**
   * Open data of the user, as the mini-program gets them, encrypted and signed with the valid
   * session key. Without `data` those of `wx.getUserInfo`; a text is encrypted as it is.
   */
  encrypt(user: string, data?: object | string): TestOpenData;

  /**
   * The request with which WeChat pushes a message, by the option `wechat.push`. `auth` receives it
   * within five minutes of its `timestamp`, by the machine's time and not by `clock`.
   *
   * @param options `timestamp` in Unix seconds: by default the machine's time.
   */
  push(message: object, options?: { timestamp?: number | null } | null): TestPush;
}

export interface TestRequest {
  method: string;
  path: string;
  query: Record<string, string>;
  /** The query as it was sent, without the question mark. */
  rawQuery: string;
  headers: Record<string, string | string[] | undefined>;
  /** Whether it came by https. */
  secure: boolean;
  /** With a body: its bytes, its text, and what it is as JSON, `{}` where it is none. */
  bytes?: Uint8Array;
  body?: string;
  // biome-ignore lint/suspicious/noExplicitAny: as JSON.parse has it
  json?: any;
}

export interface TestOpenData {
  encryptedData: string;
  iv: string;
  rawData: string;
  signature: string;
}

export interface TestPush {
  method: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: Uint8Array;
}

/** For `await using`, where the program has it. */
export type AsyncDisposal = SymbolConstructor extends { readonly asyncDispose: infer Key }
  ? Key extends symbol
    ? { [Name in Key]: () => Promise<void> }
    : unknown
  : unknown;
