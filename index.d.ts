/**
 * Creates a login-and-token service for one mini-program.
 *
 * Returns at once: connecting to redis is the library's business.
 *
 * @param appId     The mini-program's app id. May be null where `authorize` is never called.
 * @param secret    The mini-program's app secret. May be null where `authorize` is never called.
 * @param sku       Names this application inside its tokens; stands there as `String(sku)`.
 * @param db        Where users are registered: a path to a SQLite file, a database that the application has open, a user store of its
 *                  own, or null for a service that only checks tokens.
 * @param redisPass The password of redis, or null.
 * @param ttl       Life of a token in seconds, a positive whole number or its text; 259200 (three days) by default.
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
  /** Told apart by what they have; an object with `all` and `run` is asked by them, whatever else it has. */
  export type UserDatabase = FilePath | CallbackDatabase | PromiseDatabase | SynchronousDatabase | UserStore;

  /** A path, a `file:` URI (`mode=rw` is the one parameter that it may have), or a `URL` of `file:`. */
  export type FilePath = string | { readonly protocol: string; readonly href: string };

  /** A `Database` of the `sqlite3` package, or what answers as one does. These two methods are called. */
  export interface CallbackDatabase {
    all(sql: string, callback: (error: Error | null, rows: unknown[]) => void): unknown;
    run(sql: string, callback: (error: Error | null) => void): unknown;
  }

  /** A `Database` of the `sqlite` package. */
  export interface PromiseDatabase {
    all(sql: string, values: string[]): PromiseLike<unknown[]>;
    run(sql: string, values: string[]): PromiseLike<unknown>;
    getDatabaseInstance(): { filename: string };
  }

  /** A `Database` of `better-sqlite3`, a `DatabaseSync` of `node:sqlite`. */
  export interface SynchronousDatabase {
    prepare(sql: string): { all(...values: string[]): unknown[]; run(...values: string[]): unknown };
    exec(sql: string): unknown;
  }

  /**
   * A user store of the application's own, on any database. What it throws, a promise that rejects, and no answer within 10 seconds
   * are an {@link MpauthxError} 6000.
   */
  export interface UserStore {
    /** Whether the user is registered. `health` asks for `'mpauthx-health-check'`. */
    has(userId: string): boolean | PromiseLike<boolean>;
    /**
     * Registers the user. It is called for users whom `has` does not know, by several logins at once perhaps, with an empty profile;
     * with `options.profile`, at every `authorize` whose data say something: then it stores that for registered users too.
     */
    add(userId: string, profile: Profile): unknown;
  }

  /** What WeChat's decrypted data say of a user. What they do not carry is not there. */
  export interface Profile {
    city?: string;
    country?: string;
    /** 0 unknown, 1 male, 2 female. */
    gender?: number;
    language?: string;
    nickName?: string;
    province?: string;
  }

  export interface Options {
    /**
     * The token store: a URL of redis (default `redis://127.0.0.1:6379`), more about redis, a file on this machine, or `'memory'` (inside
     * this object, for development and tests).
     */
    tokens?: 'memory' | RedisUrl | RedisServer | RedisCluster | RedisSentinels | TokenFile;
    wechat?: {
      /** Where WeChat is reached; default `https://api.weixin.qq.com`. Plain `http:` only on a loopback address. */
      endpoint?: string;
      /** How long one request to WeChat may take, in milliseconds; default 10000. */
      timeout?: number;
    };
    /** Who reads and writes the user table: `'native'`, this library's own SQLite; `'object'`, only the object given as `db`. */
    users?: 'native' | 'object';
    /** Makes the documented user table (with a path, the file as well) where it is missing; default false. A user store makes its own. */
    createTable?: boolean;
    /**
     * Keeps what WeChat's decrypted data say of a user, at every `authorize`, in those columns of the {@link Profile} that the user table
     * has; default false. WeChat's data have been anonymous since 2021, and replace what stands there.
     */
    profile?: boolean;
  }

  /** A SQLite file that all processes of one machine may share; made where it is missing. It may be the file given as `db`. */
  export interface TokenFile {
    file: FilePath;
  }

  /** `redis://user:password@host:port/db`, `rediss://…` for TLS, or `unix:///path/to/socket`. */
  export type RedisUrl = `redis://${string}` | `rediss://${string}` | `unix://${string}`;

  export interface RedisOptions {
    /** Used with `rediss:` URLs. Mozilla's roots and NODE_EXTRA_CA_CERTS are trusted besides `ca`. */
    tls?: { ca?: string | Uint8Array; cert?: string | Uint8Array; key?: string | Uint8Array };
    /** How long one attempt to connect may take, in milliseconds; default 2000. */
    connectTimeout?: number;
    /** How long a call may take as far as redis is concerned, retries included, in milliseconds; default 5000. */
    deadline?: number;
  }

  export interface RedisServer extends RedisOptions {
    url?: RedisUrl;
    /**
     * How records are named: `'compatible'` (default) as 1.3.2 names them, `'tagged'` so that one user's keys share a slot, for proxies
     * that shard. The two do not see each other's tokens.
     */
    layout?: 'compatible' | 'tagged';
  }

  export interface RedisCluster extends RedisOptions {
    /** URLs of some of the nodes. */
    cluster: RedisUrl[];
    layout?: 'tagged';
  }

  export interface RedisSentinels extends RedisOptions {
    /** URLs of the Sentinels; user and password in them are the Sentinels' own, a database number is the master's. */
    sentinels: RedisUrl[];
    /** The name under which the Sentinels know the master. */
    master: string;
    layout?: 'compatible' | 'tagged';
  }

  /** How the stores are. */
  export interface Health {
    tokens: {
      kind: 'redis' | 'sentinel' | 'cluster' | 'file' | 'memory';
      ready: boolean;
      /** Of one round trip, in milliseconds; null where there was no answer. */
      latencyMs: number | null;
      /** What will go wrong one day, such as a redis that may evict tokens. */
      warnings: string[];
      error?: string;
    };
    users: {
      /** Who reads and writes the user table: our own SQLite, the object given as `db`, both, a user store, or nobody. */
      kind: 'native' | 'object' | 'shared' | 'store' | 'none';
      ready: boolean;
      error?: string;
    };
  }

  export interface Mpauthx {
    /**
     * Logs a user in: exchanges `code` with WeChat, decrypts the user's data, registers the user, and gives the live token or a new one.
     * Rejects with an {@link MpauthxError}: 6000, 6001, 6008, 6009, 6011.
     *
     * @param code          What `wx.login` gave.
     * @param encryptedData What `wx.getUserInfo` gave: base64, or the bytes themselves.
     * @param iv            What `wx.getUserInfo` gave: base64, or the 16 bytes themselves.
     */
    authorize(code: string, encryptedData: string | Uint8Array, iv: string | Uint8Array): Promise<Success>;

    /**
     * Ends every live token that this user has for this sku and issues a new one. It trusts its caller: check who asks before you call it.
     * Rejects with an {@link MpauthxError}: 6000, 6001, 6010.
     */
    refreshToken(userId: string): Promise<Success>;

    /** Resolves when the token is live. Rejects with `undefined` when it is not, and with an {@link MpauthxError} 6000 when the token store cannot be asked. */
    isTokenValid(token: string): Promise<void>;

    /** The part before the first `|`: the user's id; `''` where there is none. Throws a TypeError when `token` is not a string. */
    extractOpenId(token: string): string;

    /** The middle part of a token of exactly three parts, else null. Throws a TypeError when `token` is not a string. */
    extractSku(token: string): string | null;

    /** How the stores are, for readiness probes. Never rejects. */
    health(): Promise<Health>;

    /** Ends the connection to the token store once everything that was asked has been answered. Calling it twice does no harm. */
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

  export interface MpauthxError extends Error {
    /** One of {@link StatusCodes}. */
    code: number;
    /** WeChat's own error code, where it sent one. */
    errcode?: number;
    /** WeChat's own error text, where it sent one. */
    errmsg?: string;
    /** The request id that WeChat wants quoted in questions to its support, where it sent one. */
    rid?: string;
    /** Whether the same call may succeed later, where WeChat sent an error code. */
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
