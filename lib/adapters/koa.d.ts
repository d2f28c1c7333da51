import type { Context, Middleware } from 'koa';
import type { Auth, GetAuth, GuardOptions, PushHandler, RoutesOptions, Session } from './options';

export interface OnError {
  /** May change what the guard or the route has answered in `ctx`. */
  onError?: ((error: Error, ctx: Context) => unknown) | undefined;
}

/**
 * A middleware that lets in who is logged in, with the session in `ctx.state.auth`, and answers
 * everybody else: 401, or 503.
 */
export function guard(auth: Auth, options?: GuardOptions<Context> & OnError): Middleware;

/**
 * A middleware with the routes for clients behind `prefix`: `POST /login`, `POST /renew`, `POST
 * /logout`, `GET /sessions`, `DELETE /sessions/:id`, `DELETE /sessions`.
 */
export function routes(auth: Auth, options: RoutesOptions<Context> & OnError & { prefix: string }): Middleware;

/**
 * A middleware that calls `handler` with each message that WeChat pushes, and answers every
 * request: the first with its `echostr`, then `success`. It stands in front of body parsers, or
 * behind one that leaves the bytes.
 */
export function push(auth: Auth, handler: PushHandler<Context>, options?: OnError): Middleware;

export const getAuth: GetAuth;

export type { Auth, Session };
