import type { Login, PushMessage, Session } from '../../index';

export type { Auth, Login, PushMessage, Session } from '../../index';

/** `Request` is what the framework gives its handlers. */
export interface GuardOptions<Request> {
  /**
   * Where the token of a request stands, if not in `Authorization: Bearer …`. Null, undefined and
   * '' are no credentials. A cookie needs a check against CSRF beside it, and a token never belongs
   * into a URL.
   */
  token?: ((request: Request) => unknown) | undefined;
  /** Where handlers find the session; default `'auth'`. */
  property?: string | undefined;
  /** Lets requests without credentials in, with no session; default false. */
  optional?: boolean | undefined;
  /** The skus whose tokens come in, instead of the object's own. */
  skus?: string[] | undefined;
  /** Asks the token store whatever the cache knows; default false. */
  fresh?: boolean | undefined;
}

export interface RoutesOptions<Request> {
  /** As in {@link GuardOptions}. */
  token?: ((request: Request) => unknown) | undefined;
  /**
   * Is called with each login. May give fields for the answer, but not `token`; when it throws, the
   * session ends and the error is the answer.
   */
  onLogin?: ((login: Login, request: Request) => Fields | PromiseLike<Fields>) | undefined;
}

/**
 * Is called with each message that WeChat pushes. A text that it returns is the answer, in place of
 * `success`; where it throws the answer is 500, and the message is taken when it comes again.
 */
export type PushHandler<Request> = (message: PushMessage, request: Request) => unknown;

// biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing is one of these
export type Fields = object | null | undefined | void;

/** The session of a request that a guard let in. Throws where there is none. */
export type GetAuth = (request: object) => Session;
