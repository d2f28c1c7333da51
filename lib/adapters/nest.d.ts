import type { CanActivate, DynamicModule, ExecutionContext, ModuleMetadata, Type } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { IncomingMessage, ServerResponse } from 'http';
import type { Auth, GetAuth, GuardOptions, PushHandler, RoutesOptions, Session } from './options';

// biome-ignore lint/suspicious/noExplicitAny: Express' or Fastify's, as Nest has it
type AnyRequest = any;

// biome-ignore lint/suspicious/noExplicitAny: what frameworks say themselves
type Next = (error?: any) => void;

export interface MpauthxModuleOptions extends GuardOptions<AnyRequest>, RoutesOptions<AnyRequest> {
  auth: Auth;
}

export interface MpauthxOptionsFactory {
  create(): MpauthxModuleOptions | Promise<MpauthxModuleOptions>;
}

export interface MpauthxRoutes {
  /**
   * The path of the routes for clients: `POST login`, `POST renew`, `POST logout`, `GET sessions`,
   * `DELETE sessions/:id`, `DELETE sessions`. Without it there are none.
   */
  routes?: string | undefined;
}

export interface MpauthxModuleAsyncOptions extends MpauthxRoutes, Pick<ModuleMetadata, 'imports'> {
  // biome-ignore lint/suspicious/noExplicitAny: what Nest says of injected arguments
  useFactory?: (...injected: any[]) => MpauthxModuleOptions | Promise<MpauthxModuleOptions>;
  // biome-ignore lint/suspicious/noExplicitAny: what Nest says of tokens
  inject?: any[];
  useClass?: Type<MpauthxOptionsFactory>;
  useExisting?: Type<MpauthxOptionsFactory>;
}

/** A global module: every other one can use the guard. */
// biome-ignore lint/complexity/noStaticOnlyClass: Nest's modules are classes
export class MpauthxModule {
  static forRoot(options: MpauthxModuleOptions & MpauthxRoutes): DynamicModule;
  static forRootAsync(options: MpauthxModuleAsyncOptions): DynamicModule;
}

/**
 * Lets in who is logged in. For everybody else it throws an UnauthorizedException, or a
 * ServiceUnavailableException, with the error as its `cause`.
 */
export class MpauthxGuard implements CanActivate {
  constructor(options: MpauthxModuleOptions, reflector: Reflector);
  /** The request of a context, with its headers: to be overridden where it is not that of HTTP. */
  getRequest(context: ExecutionContext): AnyRequest;
  canActivate(context: ExecutionContext): Promise<boolean>;
}

/** The session as a handler's parameter, or one property of it; undefined in what is public. */
export function CurrentSession(property?: keyof Session): ParameterDecorator;

/** Handlers, or all of a controller, that need nobody logged in. */
export function Public(): MethodDecorator & ClassDecorator;

/**
 * A middleware that calls `handler` with each message that WeChat pushes, and answers every
 * request: `app.use('/wechat', push(auth, handler))`. In a module's `configure`, Nest on Express
 * needs `rawBody: true`.
 */
export function push(
  auth: Auth,
  handler: PushHandler<AnyRequest>,
  options?: { onError?: ((error: Error, req: AnyRequest, res: ServerResponse, next: Next) => unknown) | undefined },
): (req: IncomingMessage, res: ServerResponse, next: Next) => void;

export const getAuth: GetAuth;

export type { Auth, Session };
