import type { Auth, GetAuth, GuardOptions, PushHandler, RoutesOptions, Session } from './options';

export interface OnError<R> {
  /** The answer, in place of that of the guard or the route; with nothing, it is that. */
  onError?: ((error: Error, request: R) => Answer | PromiseLike<Answer>) | undefined;
}

// biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing is one of these
type Answer = Response | null | undefined | void;

type Options<R> = Omit<GuardOptions<R>, 'property'> & OnError<R>;

/**
 * A handler of requests that calls `handler` with the session of who is logged in, and what else it
 * was given, and answers everybody else: 401, or 503.
 */
export function guard<R extends Request, Rest extends unknown[]>(
  auth: Auth,
  handler: (request: R, session: Session, ...rest: Rest) => Response | PromiseLike<Response>,
  options?: Options<R> & { optional?: false | undefined },
): (request: R, ...rest: Rest) => Promise<Response>;
export function guard<R extends Request, Rest extends unknown[]>(
  auth: Auth,
  handler: (request: R, session: Session | undefined, ...rest: Rest) => Response | PromiseLike<Response>,
  options: Options<R>,
): (request: R, ...rest: Rest) => Promise<Response>;

/** The session of who sent a request. Rejects with a MpauthxError where nobody is logged in. */
export function authenticate<R extends Request>(
  auth: Auth,
  request: R,
  options?: Omit<GuardOptions<R>, 'property' | 'optional'>,
): Promise<Session>;

/**
 * A handler with the routes for clients behind `prefix`: `POST /login`, `POST /renew`, `POST
 * /logout`, `GET /sessions`, `DELETE /sessions/:id`, `DELETE /sessions`. It answers every request,
 * with 404 or 405 where there is no route.
 */
export function routes<R extends Request = Request>(
  auth: Auth,
  options?: RoutesOptions<R> & OnError<R> & { prefix?: string | undefined },
): (request: R) => Promise<Response>;

/**
 * A handler of requests that calls `handler` with each message that WeChat pushes, and answers
 * every request: the first with its `echostr`, then `success`.
 */
export function push<R extends Request = Request>(
  auth: Auth,
  handler: PushHandler<R>,
  options?: OnError<R>,
): (request: R) => Promise<Response>;

export const getAuth: GetAuth;

export type { Auth, Session };
