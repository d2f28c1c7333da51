/**
 * Creates a login-and-token service for one mini-program.
 *
 * It returns at once: it connects to redis in the background, or at the first call.
 *
 * @param appId     The mini-program's app id. May be null where nothing is asked of WeChat.
 * @param secret    The mini-program's app secret. May be null where nothing is asked of WeChat.
 * @param sku       Names this application inside its tokens; stands there as `String(sku)`.
 * @param db        Where users are registered: a path to a SQLite file, a database that the
 *                  application has open, a user store of its own, or null for a service that only
 *                  checks tokens.
 * @param redisPass The password of redis, or null.
 * @param ttl       Life of a token in seconds, a positive whole number or its text; 259200 (three
 *                  days) by default.
 * @param options   What 1.3.2 did not have.
 * @throws TypeError for a `ttl`, `db` or option that cannot work; its message names it.
 */
declare function mpauthx(
  appId: string | null | undefined,
  secret: string | null | undefined,
  sku: string | null | undefined,
  db: mpauthx.UserDatabase | null | undefined,
  redisPass?: string | null,
  ttl?: number | string | null,
  options?: mpauthx.Options | null,
): mpauthx.Mpauthx;

declare namespace mpauthx {
  /**
   * An object is recognised by its methods. Where it has `all` and `run`, only these are called,
   * whatever else it has.
   */
  export type UserDatabase =
    | FilePath
    | CallbackDatabase
    | ReturningDatabase
    | PromiseDatabase
    | SynchronousDatabase
    | UserStore;

  /**
   * A path, a `file:` URI (`mode=rw` is the one parameter that it may have), or a `URL` of `file:`.
   */
  export type FilePath = string | { readonly protocol: string; readonly href: string };

  /**
   * A `Database` of the `sqlite3` package, or an object that behaves like one. These two methods
   * are called.
   */
  export interface CallbackDatabase {
    all(sql: string, callback: (error: Error | null, rows: unknown[]) => void): unknown;
    run(sql: string, callback: (error: Error | null) => void): unknown;
  }

  /**
   * An object whose methods call nobody back: a `Database` of `sqlite-async` or `promised-sqlite3`,
   * methods made by `util.promisify`. Where the promise of `run` has no number `changes`, two
   * logins at once may both say `isNewUser`.
   */
  export interface ReturningDatabase {
    all(sql: string): unknown[] | PromiseLike<unknown[]>;
    run(sql: string): unknown;
  }

  /** A `Database` of the `sqlite` package. */
  export interface PromiseDatabase {
    all(sql: string, values: string[]): PromiseLike<unknown[]>;
    run(sql: string, values: string[]): PromiseLike<unknown>;
    getDatabaseInstance(): { filename: string };
  }

  /**
   * A `Database` of `better-sqlite3`, a `DatabaseSync` of `node:sqlite`, or a driver like these
   * that returns promises.
   */
  export interface SynchronousDatabase {
    prepare(sql: string): PreparedStatement | PromiseLike<PreparedStatement>;
    exec(sql: string): unknown;
  }

  export interface PreparedStatement {
    all(...values: string[]): unknown[] | PromiseLike<unknown[]>;
    run(...values: string[]): unknown;
  }

  /**
   * A user store of the application's own, on any database. When it throws, rejects, or does not
   * answer within 10 seconds, the call rejects with an {@link MpauthxError} 6000.
   */
  export interface UserStore {
    /** Whether the user is registered. `health` asks for `'mpauthx-health-check'`. */
    has(userId: string): boolean | PromiseLike<boolean>;
    /**
     * Registers the user. It is called for users whom `has` does not know, perhaps by several
     * logins at once. It may return `false` where the user was registered before: then the login
     * does not say `isNewUser`.
     */
    add(userId: string): unknown;
  }

  export interface Options {
    /**
     * The token store: a URL of redis (default `redis://127.0.0.1:6379`), an object with options
     * for redis, a file on this machine, or `'memory'` (inside this object, for development and
     * tests).
     */
    tokens?: 'memory' | RedisUrl | RedisServer | RedisCluster | RedisSentinels | TokenFile;
    wechat?: {
      /**
       * The address of WeChat's interfaces; default `https://api.weixin.qq.com`. Plain `http:` is
       * allowed on a loopback address only.
       */
      endpoint?: string;
      /**
       * How long one request to WeChat may take, in milliseconds, half of it for connecting at
       * most; default 10000.
       */
      timeout?: number;
      /**
       * How often a request is retried that did not reach WeChat, or that WeChat did not work on
       * (errcode -1). The delay before each retry is random and grows. 0 to 10, default 0.
       */
      retries?: number;
      /**
       * A proxy for all requests to WeChat: `http://user:password@host:port`. Environment variables
       * such as `HTTPS_PROXY` are not read.
       */
      proxy?: string;
      /**
       * Exchanges login codes in place of WeChat's interface, for an application that reaches
       * WeChat another way.
       */
      exchange?: Exchange;
    };
    sessions?: SharedSessions | SessionsEach;
    /**
     * Keeps checked tokens in memory: `isTokenValid` then answers most calls without a round trip,
     * and redis invalidates tokens that change. It works for tokens in redis, on one server or
     * behind Sentinels; elsewhere it has no effect and `health` warns. Default false.
     */
    cache?: boolean | Cache;
    /**
     * Keeps openid and session key with the token, sealed under a key derived from the app secret,
     * for `wechat.decryptData` and `wechat.checkSignature`; default false.
     */
    sessionKeys?: boolean;
    /**
     * Who reads and writes the user table: `'native'`, this library's own SQLite; `'object'`, only
     * the object given as `db`.
     */
    users?: 'native' | 'object';
    /**
     * Creates the documented user table (with a path, the file as well) where it is missing;
     * default false. A user store creates its own.
     */
    createTable?: boolean;
  }

  interface SessionsOptions {
    /**
     * A token expires when it was not used for so many seconds. `isTokenValid` counts as use, and
     * so does a login that returns the token again. No use extends it past `ttl`. Default: no such
     * limit.
     */
    idle?: number;
  }

  /** The default: every login of a user gets the same live token, as with 1.3.2. */
  export interface SharedSessions extends SessionsOptions {
    mode?: 'shared';
    max?: never;
  }

  /** Every login gets a token of its own. */
  export interface SessionsEach extends SessionsOptions {
    mode: 'each';
    /**
     * How many live tokens a user may have for a sku; a login past that ends the oldest. Default:
     * no limit.
     */
    max?: number;
  }

  export interface Cache {
    /**
     * How many tokens are kept, up to 10,000,000; past that, the least recently used are evicted.
     * Default 10000.
     */
    maxTokens?: number;
    /**
     * How long a cached token is trusted after redis was asked about it, in milliseconds; default
     * 1000. It bounds how late a change is seen when redis cannot report it, because it is frozen
     * or cut off.
     */
    maxAge?: number;
  }

  /**
   * A SQLite file that all processes of one machine may share. It is created where it is missing,
   * and may be the file given as `db`.
   */
  export interface TokenFile {
    file: FilePath;
    url?: never;
    tls?: never;
    layout?: never;
    connectTimeout?: never;
    deadline?: never;
  }

  /**
   * Returns WeChat's reply to a login code. A reply with an errcode and no session key, or an error
   * with a numeric `errcode`, is a refusal by WeChat. `authorize` and `sessionKeys` need the
   * session key.
   */
  export type Exchange = (code: string) => ExchangeReply | PromiseLike<ExchangeReply>;

  export interface ExchangeReply {
    openid?: string;
    session_key?: string;
    unionid?: string;
    errcode?: number | string;
    errmsg?: string;
  }

  /** `redis://user:password@host:port/db`, `rediss://…` for TLS, or `unix:///path/to/socket`. */
  export type RedisUrl = `redis://${string}` | `rediss://${string}` | `unix:///${string}`;

  export interface RedisOptions {
    file?: never;
    /**
     * Used with `rediss:` URLs. Mozilla's roots and NODE_EXTRA_CA_CERTS are trusted besides `ca`.
     */
    tls?: { ca?: string | Uint8Array; cert?: string | Uint8Array; key?: string | Uint8Array };
    /** How long one attempt to connect may take, in milliseconds; default 2000. */
    connectTimeout?: number;
    /**
     * How long a call may wait for redis, retries included, in milliseconds; default 5000.
     */
    deadline?: number;
  }

  export interface RedisServer extends RedisOptions {
    url?: RedisUrl;
    /**
     * How records are named: `'compatible'` (default) names them as 1.3.2 does, `'tagged'` puts
     * one user's keys into one slot, for proxies that shard. Neither sees the other's tokens.
     */
    layout?: 'compatible' | 'tagged';
  }

  export interface RedisCluster extends RedisOptions {
    /** URLs of some of the nodes. */
    cluster: readonly RedisUrl[];
    layout?: 'tagged';
  }

  export interface RedisSentinels extends RedisOptions {
    /**
     * URLs of the Sentinels; user and password in them are the Sentinels' own, a database number is
     * the master's.
     */
    sentinels: readonly RedisUrl[];
    /** The name under which the Sentinels know the master. */
    master: string;
    layout?: 'compatible' | 'tagged';
  }

  /** The state of the stores. */
  export interface Health {
    tokens: {
      kind: 'redis' | 'sentinel' | 'cluster' | 'file' | 'memory';
      ready: boolean;
      /** The time of one round trip, in milliseconds; null where there was no answer. */
      latencyMs: number | null;
      /** What may go wrong later, such as a redis that may evict tokens. */
      warnings: string[];
      error?: string;
    };
    users: {
      /**
       * Who reads and writes the user table: our own SQLite, the object given as `db`, both, a user
       * store, or nobody.
       */
      kind: 'native' | 'object' | 'shared' | 'store' | 'none';
      ready: boolean;
      error?: string;
    };
  }

  export interface Mpauthx {
    /**
     * Logs a user in: exchanges `code` with WeChat, decrypts the user's data, registers the user,
     * and resolves with the live token or a new one. Rejects with an {@link MpauthxError}: 6000,
     * 6001, 6008, 6009, 6011.
     *
     * @param code          The code from `wx.login`.
     * @param encryptedData The data from `wx.getUserInfo`: base64, or the bytes themselves.
     * @param iv            The iv from `wx.getUserInfo`: base64, or the 16 bytes themselves.
     */
    authorize(code: string, encryptedData: string | Uint8Array, iv: string | Uint8Array): Promise<Success>;

    /**
     * Ends every live token that this user has for this sku and issues a new one. It trusts its
     * caller: check who asks before you call it. Rejects with an {@link MpauthxError}: 6000,
     * 6001, 6010.
     */
    refreshToken(userId: string): Promise<Success>;

    /**
     * Resolves when the token is live. Rejects with `undefined` when it is not, and with an
     * {@link MpauthxError} 6000 when the token store cannot be asked.
     */
    isTokenValid(token: string): Promise<void>;

    /**
     * The part before the first `|`: the user's id; `''` where there is none. Throws a TypeError
     * when `token` is not a string.
     */
    extractOpenId(token: string): string;

    /**
     * The middle part of a token of exactly three parts, else null. Throws a TypeError when `token`
     * is not a string.
     */
    extractSku(token: string): string | null;

    /**
     * Logs a user in by the code from `wx.login` alone: exchanges it with WeChat, registers the
     * user, and resolves with the live token or a new one. The user's id is the unionid where
     * WeChat sends one, else the openid; a user who is registered under the openid keeps it.
     * Rejects with an {@link MpauthxError}: 6000, 6001, 6008.
     */
    login(code: string, options?: LoginOptions | null): Promise<Login>;

    /**
     * Lists, ends and renews sessions. When a promise resolves, every process sees the change.
     */
    readonly sessions: Sessions;

    /** Other interfaces of WeChat. */
    readonly wechat: WeChat;

    /** Resolves with the state of the stores, for readiness probes. Never rejects. */
    health(): Promise<Health>;

    /**
     * Ends the connection to the token store when all pending calls have been answered. Calling it
     * twice does no harm.
     */
    close(): Promise<void>;

    readonly constants: Constants;
  }

  /** What `authorize` and `refreshToken` resolve with. */
  export interface Success {
    status_code: 1;
    status_message: 'OK';
    /** The token. */
    response: string;
  }

  export interface LoginOptions {
    /**
     * The application's name for the device, at most 256 characters. It is kept with the token,
     * for `sessions.list`.
     */
    device?: string;
  }

  /** What a login resolves with. */
  export interface Login extends Success {
    /** Whether this call registered the user. */
    isNewUser: boolean;
    /**
     * When the token ends at the latest, in Unix milliseconds; null where it does not (1.3.2 has
     * left such tokens).
     */
    expiresAt: number | null;
  }

  export interface Sessions {
    /**
     * A token for a user whom the application has identified itself. Registers like `login`.
     * Rejects with 6000, 6001.
     */
    issue(userId: string, options?: LoginOptions | null): Promise<Login>;

    /** What is known of a live token, else null. It does not count as use. Rejects with 6000. */
    inspect(token: string): Promise<Session | null>;

    /** The live tokens that the user has for this sku, oldest first. Rejects with 6000, 6001. */
    list(userId: string): Promise<ListedSession[]>;

    /**
     * Ends the token's session, whatever its sku. Resolves with whether it was live. Rejects
     * with 6000.
     */
    revoke(token: string): Promise<boolean>;

    /**
     * Ends every session that the user has for this sku, or for all. Resolves with how many were
     * live. Rejects with 6000, 6001.
     */
    revokeUser(userId: string, options?: { allSkus?: boolean } | null): Promise<number>;

    /**
     * Puts a new token in the place of a live one. For `grace` seconds (0 to 3600, default 10) the
     * old one stays valid and gives the same new one again; used later, it ends the session, for
     * then there are two holders. Rejects with 6000, 6001, 6007.
     */
    rotate(token: string, options?: { grace?: number } | null): Promise<Rotation>;
  }

  /** What `rotate` resolves with. */
  export interface Rotation extends Success {
    /** When the new token ends at the latest, in Unix milliseconds. */
    expiresAt: number | null;
  }

  /** Times are Unix milliseconds. */
  export interface Session {
    userId: string;
    /** With `options.sessionKeys`. */
    openId?: string;
    sku: string;
    issuedAt: number;
    /**
     * The end of `ttl`; null where there is none. With `options.sessions.idle`, it may end earlier.
     */
    expiresAt: number | null;
    /** With `options.sessions.idle`, to a tenth of it. */
    lastSeenAt?: number;
    device?: string;
  }

  export interface ListedSession extends Session {
    token: string;
  }

  export interface WeChat {
    /**
     * The phone number that a button of the mini-program gave `code` for
     * (`open-type="getPhoneNumber"`). With `openId` WeChat checks that the code is this user's.
     * Rejects with 6000, 6001, 6008.
     */
    getPhoneNumber(code: string, options?: { openId?: string } | null): Promise<PhoneNumber>;

    /**
     * Decrypts open data that the mini-program got after the token's login. With
     * `options.sessionKeys`. Rejects with 6000, 6001, 6007, 6011.
     */
    decryptData(
      token: string,
      encryptedData: string | Uint8Array,
      iv: string | Uint8Array,
    ): Promise<Record<string, unknown>>;

    /**
     * Whether `signature` is WeChat's for `rawData`. With `options.sessionKeys`. Rejects with 6000,
     * 6001, 6007, 6011.
     */
    checkSignature(token: string, rawData: string, signature: string): Promise<boolean>;
  }

  export interface PhoneNumber {
    /** With the country code where it is not a Chinese one. */
    phoneNumber: string;
    purePhoneNumber: string;
    countryCode: string;
  }

  export interface MpauthxError extends Error {
    /** One of {@link StatusCodes}. */
    code: number;
    /** WeChat's own error code, where it sent one. */
    errcode?: number;
    /** WeChat's own error text, where it sent one. */
    errmsg?: string;
    /** The request id that WeChat wants quoted in questions to its support, where it sent one. */
    rid?: string;
    /**
     * Whether the same call may succeed later: where WeChat sent an error code, and on every 6008
     * of `login` and `wechat`.
     */
    retryable?: boolean;
  }

  export interface Constants {
    readonly statusCode: StatusCodes;
  }

  export interface StatusCodes {
    readonly success: 1;
    readonly databaseRelatedError: 6000;
    readonly requiredParamsMissingError: 6001;
    readonly httpError: 6002;
    readonly responseIsNull: 6003;
    readonly jsonParsedError: 6004;
    readonly httpResponseErrorEvent: 6005;
    readonly httpRequestErrorEvent: 6006;
    readonly internetConnectionError: 6006;
    readonly invalidAccessToken: 6007;
    readonly sessionKeyAndOpenIdRequestError: 6008;
    readonly openIdOrUnionIdNotMatch: 6009;
    readonly userNotExistInDB: 6010;
    readonly userInfoDecryptionError: 6011;
    readonly unknownError: 9999;
  }

  export { mpauthx as default };
}

export = mpauthx;
