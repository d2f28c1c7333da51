import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { Auth, GetAuth, GuardOptions, PushHandler, RoutesOptions, Session } from './options';

declare module 'fastify' {
  interface FastifyInstance {
    /** A hook, for `onRequest`, that lets in who is logged in, and throws for everybody else. */
    authenticate: mpauthx.Hook;
  }
  interface FastifyRequest {
    /** Behind a guard; in one that is optional, undefined for nobody. */
    auth?: Session | null | undefined;
  }
}

/**
 * The plugin: `fastify.authenticate` and `request.auth` for the whole application, and behind
 * `prefix`, where that is given, the routes for clients: `POST /login`, `POST /renew`, `POST
 * /logout`, `GET /sessions`, `DELETE /sessions/:id`, `DELETE /sessions`.
 */
declare const mpauthx: FastifyPluginAsync<mpauthx.Options> & {
  default: FastifyPluginAsync<mpauthx.Options>;
  /** A hook as `fastify.authenticate`, with options of its own. */
  guard(auth: Auth, options?: GuardOptions<FastifyRequest>): mpauthx.Hook;
  /**
   * A plugin that calls `handler` with each message that WeChat pushes to its `prefix`, and answers
   * WeChat: the first request with its `echostr`, then `success`.
   */
  push(auth: Auth, handler: PushHandler<FastifyRequest>): FastifyPluginAsync;
  getAuth: GetAuth;
};

declare namespace mpauthx {
  export interface Options extends GuardOptions<FastifyRequest>, RoutesOptions<FastifyRequest> {
    auth: Auth;
    prefix?: string | undefined;
  }
  export interface Hook {
    (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void;
    /** For a hook of the application's own, which waits. */
    (request: FastifyRequest, reply: FastifyReply): Promise<void>;
  }
}

export = mpauthx;
