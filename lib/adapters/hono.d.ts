import type { Context, MiddlewareHandler } from 'hono';
import type { Auth, GetAuth, GuardOptions, PushHandler, RoutesOptions, Session } from './options';

export interface OnError {
  /** The answer, in place of that of the guard or the route; with nothing, it is that. */
  onError?: ((error: Error, c: Context) => Answer | PromiseLike<Answer>) | undefined;
}

// biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing is one of these
type Answer = Response | null | undefined | void;

type Options = GuardOptions<Context> & OnError;

/**
 * A middleware that lets in who is logged in, with the session in `c.get('auth')`, and answers
 * everybody else: 401, or 503.
 */
export function guard<Property extends string = 'auth'>(
  auth: Auth,
  options?: Options & { property?: Property; optional?: false | undefined },
): MiddlewareHandler<{ Variables: { [Name in Property]: Session } }>;
export function guard<Property extends string = 'auth'>(
  auth: Auth,
  options: Options & { property?: Property },
): MiddlewareHandler<{ Variables: { [Name in Property]: Session | undefined } }>;

/**
 * A middleware with the routes for clients behind `prefix`, the whole of it: `POST /login`, `POST
 * /renew`, `POST /logout`, `GET /sessions`, `DELETE /sessions/:id`, `DELETE /sessions`.
 */
export function routes(auth: Auth, options: RoutesOptions<Context> & OnError & { prefix: string }): MiddlewareHandler;

/**
 * A handler of requests that calls `handler` with each message that WeChat pushes, and answers
 * every request: the first with its `echostr`, then `success`.
 */
export function push(auth: Auth, handler: PushHandler<Context>, options?: OnError): (c: Context) => Promise<Response>;

export const getAuth: GetAuth;

export type { Auth, Session };
