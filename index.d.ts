/**
 * Creates a login-and-token service for one mini-program, as 1.3.2 did. New applications take
 * {@link mpauthx.createAuth}.
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
   * Creates a login-and-token service for one mini-program. It returns at once and connects to the
   * token store in the background.
   *
   * @throws TypeError for an option that is missing, unknown or cannot work; its message names it.
   */
  export function createAuth(options: AuthOptions): Auth;

  export const statusCode: StatusCodes;

  export type AuthOptions = AuthSettings & (UsersInDatabase | UsersOfApplication);

  /** A key with `undefined` or `''` is a TypeError: an environment variable is missing. */
  export interface AuthSettings {
    /** The mini-program's app id. Not needed where nothing is asked of WeChat. */
    appId?: string | null;
    /** The mini-program's app secret. Not needed where nothing is asked of WeChat. */
    secret?: string | null;
    /**
     * Names this application inside its tokens: 1 to 64 printable ASCII characters without space
     * and `|`.
     */
    sku: string;
    /** The token store: a URL of redis, an object, or `'memory'`; as in {@link Options}. */
    tokens: string | (RedisServer & { url: RedisUrl }) | RedisCluster | RedisSentinels | TokenFile;
    /** The password of redis, where the URL has none. */
    redisPass?: string | null;
    /** Life of a token in seconds; default 259200 (three days). */
    ttl?: number | string | null;
    wechat?: WeChatOptions | null;
    /** Default: `{ mode: 'each', max: 10 }`, each key by itself. */
    sessions?: AuthSessions | null;
    cache?: boolean | Cache | null;
    sessionKeys?: boolean | null;
  }

  /** With neither `db` nor `resolveUser`, the id of a user is the openid. */
  export interface UsersInDatabase {
    /** Where users are registered. */
    db?: UserDatabase | null;
    users?: 'native' | 'object' | null;
    createTable?: boolean | null;
    resolveUser?: null;
  }

  export interface UsersOfApplication {
    /**
     * Finds or makes the application's user, after the exchange of the code and before a token is
     * issued. What it throws reaches the caller of `login` as it is, and nothing is issued.
     */
    resolveUser: ResolveUser;
    db?: null;
    users?: null;
    createTable?: null;
  }

  export type ResolveUser = (identity: Identity) => string | ResolvedUser | PromiseLike<string | ResolvedUser>;

  /** Whom WeChat has named. */
  export interface Identity {
    appId?: string;
    openId: string;
    unionId?: string;
  }

  export interface ResolvedUser {
    /** 1 to 128 visible ASCII characters without `|`. */
    userId: string;
    isNewUser?: boolean | null;
  }

  export type AuthSessions = AuthSessionsEach | (SharedSessions & { mode: 'shared' });

  export interface AuthSessionsEach extends SessionsOptions {
    mode?: 'each';
    /** How many sessions a user may have; a login past that ends the oldest. Default 10. */
    max?: number;
  }

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
    /** Removes the user, for `forget`. Where it is missing, the user stays registered. */
    remove?(userId: string): unknown;
  }

  export interface Options {
    /**
     * The token store: a URL of redis (default `redis://127.0.0.1:6379`), an object with options
     * for redis, a file on this machine, or `'memory'` (inside this object, for development and
     * tests).
     */
    tokens?: string | RedisServer | RedisCluster | RedisSentinels | TokenFile;
    wechat?: WeChatOptions;
    sessions?: SharedSessions | SessionsEach;
    /**
     * Keeps checked tokens in memory: `verify` and `isTokenValid` then answer most calls without a
     * round trip, and redis invalidates tokens that change. It works for tokens in redis, on one
     * server or behind Sentinels; elsewhere it has no effect and `health` warns. Default false.
     */
    cache?: boolean | Cache;
    /**
     * Keeps each user's newest session key, sealed under a key derived from the app secret,
     * for `wechat.decryptData`, `checkSignature`, `sign` and `checkSession`; default false.
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

  export interface WeChatOptions {
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
    /**
     * Gives the access token in place of WeChat's `stable_token`, which is then never asked: for a
     * central token server, or a third-party platform. Not together with `cloud`.
     */
    accessToken?: AccessTokenSource;
    /**
     * Whether this runs in WeChat's cloud hosting, where the environment has `CBR_ENV_ID`: requests
     * then go to the platform by plain http without an access token, and `wechat.identify` trusts
     * its headers. With `appIds` those of other mini-programs too, with which this one's resources
     * are shared. Default false.
     */
    cloud?: boolean | { appIds?: readonly string[] | null };
    /** What stands in WeChat's console about the message push, for {@link WeChat.receive}. */
    push?: SafePush | PlainPush;
  }

  /** The safe mode (安全模式): only what is encrypted counts. */
  export interface SafePush {
    /** The Token: 3 to 32 letters and digits. */
    token: string;
    /** The EncodingAESKey: 43 characters of base64. */
    encodingAESKey: string;
    plain?: false;
  }

  /**
   * The plain mode (明文模式). WeChat's signature does not cover the message there: whoever sees the
   * URL of one, such as in the log of a proxy, can make up another.
   */
  export interface PlainPush {
    token: string;
    plain: true;
    encodingAESKey?: never;
  }

  /**
   * `invalid` is the token that WeChat has just refused, if any: give another one. When it throws,
   * rejects, or does not answer within `timeout`, the call rejects with an {@link MpauthxError}
   * 6008.
   */
  export type AccessTokenSource = (asked: { invalid?: string }) => string | PromiseLike<string>;

  export interface SessionsOptions {
    /**
     * A token expires when it was not used for so many seconds. `verify` counts as use, and so
     * does a login that returns the token again. No use extends it past `ttl`. Default: no such
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
  export type RedisUrl = string;

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
     * one user's keys into one slot, for proxies that shard; that is the default of `createAuth`.
     * Neither sees the other's tokens.
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

  /** Counters since the object was made. */
  export interface Stats {
    /** `verify` and `isTokenValid`; `failed` where the store could not be asked. */
    checks: { live: number; dead: number; failed: number };
    /** The same checks by the way they went; those of what is no token of this sku went none. */
    ways: { cache: number; direct: number; batch: number };
    logins: number;
    /** Sessions that this object has ended while they lived. */
    ended: Record<EndReason, number>;
    /** Requests, retries by themselves; `refused` with an errcode. */
    wechat: { answered: number; refused: number; failed: number; latency: Latency };
    /** 0 where the tokens are not in redis. */
    redis: { reconnects: number; latency: Latency };
    /** Calls that have no answer yet. */
    inFlight: number;
  }

  /** How long something took, in seconds, as Prometheus has it. */
  export interface Latency {
    count: number;
    sum: number;
    /** How often it took no longer than the key says; `'+Inf'` is always. */
    buckets: Record<string, number>;
  }

  /** What is told on the diagnostics channel `mpauthx:login`. */
  export interface LoginEvent {
    sku: string;
    userId: string;
    /** Missing where the store could not be asked for the key of ids. */
    sessionId?: string;
    isNewUser?: boolean;
  }

  /** What is told on the diagnostics channel `mpauthx:session:end`. */
  export interface SessionEndEvent {
    sku: string;
    userId: string;
    /** Missing where the store could not be asked for the key of ids. */
    sessionId?: string;
    reason: EndReason;
  }

  /** What is told on the diagnostics channel `mpauthx:wechat`. */
  export interface WeChatEvent {
    sku: string;
    path: string;
    outcome: 'answered' | 'refused' | 'failed';
    errcode?: number;
    /** In milliseconds. */
    duration: number;
  }

  /** What is told on the diagnostics channel `mpauthx:store`. */
  export interface StoreEvent {
    sku: string;
    kind: Health['tokens']['kind'];
    state: 'away' | 'back';
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

  /** What `createAuth` makes. Its functions reject with an {@link MpauthxError}. */
  export interface Auth {
    /**
     * Logs a user in by the code from `wx.login`: exchanges it with WeChat, finds who the user is,
     * and resolves with a token. In shared mode, that is the live one where there is one. Rejects
     * with 6000, 6001, 6008.
     */
    login(code: string, options?: LoginOptions | null): Promise<Login>;

    /**
     * Resolves with the session of a live token of this sku, and counts as use. For whatever else
     * it rejects with 6007 (status 401), and with 6000 (status 503) when the token store cannot be
     * asked.
     */
    verify(token: unknown, options?: VerifyOptions | null): Promise<Session>;

    /**
     * Issues, lists, ends and renews sessions. When a promise resolves, every process sees the
     * change.
     */
    readonly sessions: Sessions;

    /** Other interfaces of WeChat. */
    readonly wechat: WeChat;

    /**
     * Ends every session of a user in every sku, and then removes the user from the user table, or
     * by the `remove` of a user store. With an openid, it is the user whose id that is; with
     * `resolveUser`, the application maps it, and removes its own user. Resolves with how many
     * sessions were live. Rejects with 6000, 6001.
     */
    forget(user: string | { openId: string }): Promise<number>;

    /** Resolves with the state of the stores, for readiness probes. Never rejects. */
    health(): Promise<Health>;

    /** Counters since the object was made. */
    stats(): Stats;

    /**
     * Ends the connection to the token store when all pending calls have been answered. Calling it
     * twice does no harm.
     */
    close(): Promise<void>;
  }

  /**
   * What the factory makes: 1.3.2's functions, which reject with a {@link PlainError}, and all new
   * ones. In `login`, the id of a user is the unionid where WeChat sends one, else the openid; a
   * user who is registered under the openid keeps it.
   */
  export interface Mpauthx extends Auth {
    /**
     * Logs a user in: exchanges `code` with WeChat, decrypts the user's data, registers the user,
     * and resolves with the live token or a new one. Rejects with a {@link PlainError}: 6000, 6001,
     * 6008, 6009, 6011.
     *
     * @param code          The code from `wx.login`.
     * @param encryptedData The data from `wx.getUserInfo`: base64, or the bytes themselves.
     * @param iv            The iv from `wx.getUserInfo`: base64, or the 16 bytes themselves.
     */
    authorize(code: string, encryptedData: string | Uint8Array, iv: string | Uint8Array): Promise<Success>;

    /**
     * Ends every live token that this user has for this sku and issues a new one. It trusts its
     * caller: check who asks before you call it. Rejects with a {@link PlainError}: 6000, 6001,
     * 6010.
     */
    refreshToken(userId: string): Promise<Success>;

    /**
     * Resolves when the token is live. Rejects with `undefined` when it is not, and with a
     * {@link PlainError} 6000 when the token store cannot be asked.
     *
     * @deprecated In new code use `verify`. This rejects with `undefined`, so that `.catch(next)`
     * and `catch (e) { next(e) }` let everybody in; it does not say who is logged in, and lets
     * tokens of every sku in.
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
     * The application's name for the device, such as its User-Agent. It is kept with the token, for
     * `sessions.list`; control characters, and what is past 256 characters, are left out.
     */
    device?: string | null;
    /**
     * A token that the new one replaces: where its session lives and is the same user's, it ends.
     */
    replace?: string | null;
  }

  export interface IssueOptions extends LoginOptions {
    /** The user's openid, for `Session.openId`. */
    openId?: string | null;
  }

  export interface SkuOptions {
    /** Whose tokens are let in, in place of this object's own. */
    skus?: readonly string[] | null;
  }

  export interface VerifyOptions extends SkuOptions {
    /** Asks the token store, whatever is cached. */
    fresh?: boolean | null;
  }

  export interface RotateOptions extends SkuOptions {
    /** For how many seconds the old token stays valid: 0 to 3600, default 10. */
    grace?: number | null;
  }

  /** A token, and whose it is. */
  export interface Issued {
    token: string;
    /** Names the session; not the token, and does not lead to it. It stays when tokens rotate. */
    id: string;
    userId: string;
    openId?: string;
    /** Of a login, where WeChat sent one. */
    unionId?: string;
    /**
     * When the token ends at the latest, in Unix milliseconds; null where it does not (1.3.2 has
     * left such tokens).
     */
    expiresAt: number | null;
    /** Whether this call registered the user, where that is known. */
    isNewUser?: boolean;
  }

  /** What a login resolves with. */
  export interface Login extends Issued {
    openId: string;
  }

  export interface Sessions {
    /**
     * A token for a user whom the application has identified itself. Registers like `login`.
     * Rejects with 6000, 6001.
     */
    issue(userId: string, options?: IssueOptions | null): Promise<Issued>;

    /**
     * What `verify` resolves with, or null. It does not count as use. Rejects with 6000, 6001.
     */
    inspect(token: unknown, options?: SkuOptions | null): Promise<Session | null>;

    /**
     * Why a token is not live any more, for as long as the store knows; `'live'` where it is, also
     * in its grace. It does not count as use and ends nothing. Rejects with 6000, 6001.
     */
    explain(token: unknown, options?: SkuOptions | null): Promise<Explanation>;

    /**
     * The live sessions that the user has for this sku, oldest first, without their tokens; that of
     * the token `current` says so. Rejects with 6000, 6001.
     */
    list(userId: string, options?: { current?: string | null } | null): Promise<ListedSession[]>;

    /** Ends the token's session. Resolves with whether it was live. Rejects with 6000, 6001. */
    revoke(token: unknown, options?: SkuOptions | null): Promise<boolean>;

    /**
     * Ends the session that has this id, where it is the user's. Resolves with whether it was live.
     * Rejects with 6000, 6001.
     */
    revokeById(userId: string, id: string): Promise<boolean>;

    /**
     * Ends every session that the user has for this sku, or for all, but for that of the token
     * `except`. Resolves with how many were live. Rejects with 6000, 6001.
     */
    revokeUser(userId: string, options?: { allSkus?: boolean | null; except?: string | null } | null): Promise<number>;

    /**
     * Puts a new token in the place of a live one. For `grace` seconds the old one stays valid and
     * gives the same new one again; used later, it ends the session, for then there are two
     * holders. Rejects with 6000, 6001, 6007.
     */
    rotate(token: string, options?: RotateOptions | null): Promise<Issued>;
  }

  /** Why a session ended. */
  export type EndReason = 'revoked' | 'replaced' | 'evicted' | 'reused';

  /**
   * What is known of a token. `'rotated'`: another one took its place, and its grace is over.
   * `'reused'`: a token of its session was used after its grace. `'unknown'`: the store knows
   * nothing of it.
   */
  export type Explanation = EndReason | 'live' | 'expired' | 'rotated' | 'unknown';

  /** Times are Unix milliseconds on the token store's clock. */
  export interface Session {
    /** Names the session; not the token, and does not lead to it. It stays when tokens rotate. */
    id: string;
    userId: string;
    /** Where a login made the session, or `sessions.issue` was told it. */
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
    /** Whether it is that of the token `current`. */
    current?: true;
  }

  export interface WeChat {
    /**
     * Reads a message that WeChat pushes to the application's server, or the first request that
     * asks whether the server is there. Each is received once, in all processes on the token store.
     * With `options.wechat.push`. Rejects with 6000, 6001, 6011.
     */
    receive(request: PushRequest): Promise<Received>;

    /**
     * The phone number that a button of the mini-program gave `code` for
     * (`open-type="getPhoneNumber"`). With `openId` WeChat checks that the code is this user's.
     * Rejects with 6000, 6001, 6008.
     */
    getPhoneNumber(code: string, options?: { openId?: string | null } | null): Promise<PhoneNumber>;

    /**
     * Decrypts open data that the mini-program got after the token's login. With
     * `options.sessionKeys`. Rejects with 6000, 6001, 6007, 6011.
     */
    decryptData(
      token: string,
      encryptedData: string | Uint8Array,
      iv: string | Uint8Array,
      options?: SkuOptions | null,
    ): Promise<Record<string, unknown>>;

    /**
     * Whether `signature` is WeChat's for `rawData`. With `options.sessionKeys`. Rejects with 6000,
     * 6001, 6007, 6011.
     */
    checkSignature(token: string, rawData: string, signature: string, options?: SkuOptions | null): Promise<boolean>;

    /**
     * The HMAC-SHA256 of `data` with the user's session key, in lower-case hex: the `signature` of
     * virtual payment. Sign only what your server has built. With `options.sessionKeys`. Rejects
     * with 6000, 6001, 6007, 6011.
     */
    sign(token: string, data: string | Uint8Array, options?: SkuOptions | null): Promise<string>;

    /**
     * Whether the session key of the user is still the valid one, by WeChat's word; `false` also
     * where none is kept. It costs a call of the day's quota. With `options.sessionKeys`, and not
     * in cloud hosting. Rejects with 6000, 6001, 6007, 6008, 6011.
     */
    checkSession(token: string, options?: SkuOptions | null): Promise<boolean>;

    /**
     * Asks any interface of WeChat's with the access token that all processes share, and resolves
     * with what it replied. Rejects with a TypeError where `path` or `query` leads elsewhere or
     * brings an access token, and with 6000, 6001, 6008; with 6008 where WeChat sends an `errcode`,
     * also in place of bytes.
     *
     * @param path The path of the interface alone, such as `/wxa/getwxacodeunlimit`.
     */
    request(path: string, options: RequestOptions & { as: 'bytes' }): Promise<Bytes>;
    request<T = Record<string, unknown>>(
      path: string,
      options?: (RequestOptions & { as?: 'json' | null }) | null,
    ): Promise<T>;
    request(path: string, options: RequestOptions & { as: 'json' | 'bytes' }): Promise<Bytes | Record<string, unknown>>;

    /**
     * The access token that all processes share, for other code; another one in place of `invalid`,
     * which WeChat has refused. Rejects with 6000, 6001, 6008.
     */
    accessToken(options?: { invalid?: string | null } | null): Promise<string>;

    /**
     * Whom the headers of WeChat's cloud hosting name: null without `options.wechat.cloud`, for
     * headers that the platform did not write, and for mini-programs that are not listed. Only
     * where public access is closed, or WeChat's gateway stands before it, nobody else can write
     * such headers.
     */
    identify(headers: RequestHeaders): CloudIdentity | null;
  }

  /** The type `Buffer`, where the program has it. */
  export type Bytes = typeof globalThis extends { Buffer: { alloc(size: number): infer Type } } ? Type : Uint8Array;

  export interface RequestOptions {
    /** Default: `'POST'` with a body, else `'GET'`. */
    method?: 'GET' | 'POST' | null;
    /** Without `access_token`, which is added. */
    query?: { readonly [name: string]: string | number | boolean } | null;
    body?: RequestBody | null;
    /** Milliseconds for one request, in place of `options.wechat.timeout`. */
    timeout?: number | null;
    /**
     * Sends it again where WeChat was busy (errcode -1), as often as `options.wechat.retries` says
     * and once at least: only for what may be done twice. Default false.
     */
    retry?: boolean | null;
  }

  /**
   * Text and bytes are sent as they are, byte for byte, an object as JSON, and a `FormData`, the
   * platform's or that of the package `form-data`, as multipart.
   */
  export type RequestBody = string | Uint8Array | object;

  /** Of Node's requests, or a `Headers` of the Fetch API. */
  export type RequestHeaders =
    | { readonly [name: string]: string | readonly string[] | undefined }
    | { get(name: string): string | null | undefined };

  /** Who calls a service in WeChat's cloud hosting. */
  export interface CloudIdentity {
    openId: string;
    unionId?: string;
    /** The mini-program whose user this is. */
    appId: string;
    /** What made the call, in WeChat's words. */
    source: string;
  }

  export interface PushRequest {
    /** The query of the URL: an object of texts, as frameworks parse it, or a URLSearchParams. */
    query: object;
    /** The bytes as they came in, up to 64 KiB. */
    body?: string | Uint8Array | null;
  }

  /** A message, and the text to answer WeChat with; no message where WeChat asks for the server. */
  export type Received = { message: PushMessage; reply: 'success' } | { message: null; reply: string };

  /**
   * A message's fields as WeChat names them. From XML, each is a text, an object, or a list of what
   * comes more than once.
   */
  export interface PushMessage {
    ToUserName?: string;
    FromUserName?: string;
    /** In Unix seconds; a text from XML. */
    CreateTime?: number | string;
    MsgType?: string;
    /** Where `MsgType` is `event`. */
    Event?: string;
    /** Of events about a user. */
    OpenID?: string;
    [field: string]: unknown;
  }

  export interface PhoneNumber {
    /** With the country code where it is not a Chinese one. */
    phoneNumber: string;
    purePhoneNumber: string;
    countryCode: string;
  }

  /** One of {@link StatusCodes} with which a call may reject. */
  export type ErrorCode = 6000 | 6001 | 6007 | 6008 | 6009 | 6010 | 6011 | 9999;

  /** What the Errors of all functions tell. */
  export interface PlainError extends Error, ErrorData {}

  export interface ErrorData {
    code: ErrorCode;
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

  /**
   * The Error of every function that 1.3.2 does not have. Up to the status 499 its message says
   * what to do; from 500 up it is one sentence for each code, and what happened stands in `cause`.
   */
  export class MpauthxError extends Error implements ErrorData {
    constructor(message: string, data: ErrorData & { cause?: Error });
    code: ErrorCode;
    errcode?: number;
    errmsg?: string;
    rid?: string;
    retryable?: boolean;
    cause?: Error;
    /** The status of an answer with this error; 401 only where somebody is not logged in. */
    status: number;
    statusCode: number;
    /** `WWW-Authenticate` or `Retry-After`, where the status wants it. */
    headers: Record<string, string>;
    /** Whether a client may read the message: below 500. */
    expose: boolean;
    /** The answer with this error, on the Fetch API. */
    getResponse(): FetchResponse;
  }

  /** The type `Response`, where the program has it. */
  export type FetchResponse = typeof globalThis extends { Response: { prototype: infer Type } } ? Type : unknown;

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
