import type { NextFunction, Request, Response } from 'express';
import type { IncomingMessage, ServerResponse } from 'http';
import type { Auth, GetAuth, GuardOptions, PushHandler, RoutesOptions, Session } from './options';

declare global {
  namespace Express {
    interface Request {
      /** Behind a guard; in one that is optional, undefined for nobody. */
      auth?: Session | undefined;
    }
  }
}

/** A middleware of Express, connect, polka or restify. */
export type Middleware = (
  req: IncomingMessage,
  res: ServerResponse,
  // biome-ignore lint/suspicious/noExplicitAny: what frameworks say themselves
  next: (error?: any) => void,
) => void;

export interface OnError {
  /** Answers in place of the guard or the route. */
  onError?: ((error: Error, req: Request, res: Response, next: NextFunction) => unknown) | undefined;
}

/** A middleware that lets in who is logged in, and answers everybody else: 401, or 503. */
export function guard(auth: Auth, options?: GuardOptions<Request> & OnError): Middleware;

/**
 * A middleware with the routes for clients: `POST /login`, `POST /renew`, `POST /logout`, `GET
 * /sessions`, `DELETE /sessions/:id`, `DELETE /sessions`. `prefix` is for frameworks that leave it
 * in the URL.
 */
export function routes(
  auth: Auth,
  options?: RoutesOptions<Request> & OnError & { prefix?: string | undefined },
): Middleware;

/**
 * A middleware that calls `handler` with each message that WeChat pushes, and answers every
 * request: the first with its `echostr`, then `success`. It stands in front of body parsers, or
 * behind one that leaves the bytes.
 */
export function push(auth: Auth, handler: PushHandler<Request>, options?: OnError): Middleware;

export const getAuth: GetAuth;

export type { Auth, Session };
