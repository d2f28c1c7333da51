// An application on Nest: a login for the mini-program, and notes that only their owner sees.
// `npm start` compiles it with tsc; a project of Nest's own tools takes it as it is.

import 'reflect-metadata';
import { Body, Controller, Get, Module, type OnApplicationShutdown, Post } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { createAuth, type Session } from 'mpauthx';
import { CurrentSession, MpauthxGuard, MpauthxModule, Public } from 'mpauthx/nest';

const { APP_ID = '', APP_SECRET = '', TOKENS = 'tokens.db', PORT = '3000' } = process.env;

const auth = createAuth({
  appId: APP_ID,
  secret: APP_SECRET,
  sku: 'notes',
  tokens: TOKENS.includes('://') ? TOKENS : { file: TOKENS },
});

@Controller()
class NotesController {
  readonly #notes = new Map<string, string[]>(); // of your database

  @Get('notes')
  list(@CurrentSession() session: Session) {
    return this.#notes.get(session.userId) ?? [];
  }

  @Post('notes')
  add(@CurrentSession() session: Session, @Body('text') text: string) {
    this.#notes.set(session.userId, [...this.list(session), text]);
  }

  @Public()
  @Get('ready')
  ready() {
    return auth.health();
  }
}

@Module({
  // POST /auth/login, /auth/renew, /auth/logout; GET and DELETE /auth/sessions
  imports: [MpauthxModule.forRoot({ auth, routes: '/auth' })],
  controllers: [NotesController],
  // Every route wants a login, but those that are @Public().
  providers: [{ provide: APP_GUARD, useClass: MpauthxGuard }],
})
class AppModule implements OnApplicationShutdown {
  async onApplicationShutdown() {
    await auth.close();
  }
}

async function main() {
  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  app.enableShutdownHooks(['SIGTERM', 'SIGINT']);
  await app.listen(Number(PORT));
  console.log(`listening on ${new URL(await app.getUrl()).port}`);
}

main();
