'use strict';

const net = require('node:net');
const { once } = require('node:events');
const { defer, startFakeWeChat, within } = require('../../support');
const { body, exchange, expectFailure } = require('./exchange');
const { authorize } = require('./support');

const MEBIBYTE = 1 << 20;

const here = exchange();

describe('a connection that fails', () => {
  test('(nobody listens) is 6008', async () => {
    const gone = await startFakeWeChat();
    await gone.close();
    await expectFailure(authorize(here.open({ db: here.db, wechat: gone }), here.wechat.sample()));
  });

  test('(cut before the reply) is 6008', () => expectFailure(here.answered(() => (_req, res) => res.destroy())));

  test('(cut within the reply) is 6008', () =>
    expectFailure(
      here.answered((session) => (_req, res) => {
        const text = JSON.stringify(session);
        res.writeHead(200, { 'Content-Length': text.length + 10 });
        res.write(text, () => res.destroy());
      }),
    ));

  test('(a server that does not speak HTTP) is 6008', async () => {
    const server = net.createServer((socket) => socket.end('220 welcome\r\n'));
    defer(() => server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const endpoint = `http://127.0.0.1:${server.address().port}`;
    await expectFailure(authorize(here.open({ db: here.db, wechat: { endpoint } }), here.wechat.sample()));
  });
});

describe('options.wechat.timeout', () => {
  const impatient = () => here.open({ db: here.db, options: { wechat: { timeout: 300 } } });

  test('ends the wait for a reply that never comes, with 6008', async () => {
    await within(15000, expectFailure(here.answered(() => () => {}, impatient())));
  });

  test('ends the wait for a reply that never ends, with 6008', async () => {
    const drip = (_req, res) => {
      res.writeHead(200);
      const timer = setInterval(() => res.write(' '), 50);
      res.once('close', () => clearInterval(timer));
    };
    await within(15000, expectFailure(here.answered(() => drip, impatient())));
  });

  test('ends the wait for a server that takes the connection and is silent, with 6008', async () => {
    const sockets = [];
    const server = net.createServer((socket) => sockets.push(socket.on('error', () => {})));
    defer(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const wechat = { endpoint: `http://127.0.0.1:${server.address().port}`, timeout: 300 };
    const app = here.open({ db: here.db, wechat: undefined, options: { wechat } });
    await within(15000, expectFailure(authorize(app, here.wechat.sample())));
  });

  test('does not end a reply that comes in time', async () => {
    const slow = (session) => (_req, res) => setTimeout(() => res.end(JSON.stringify(session)), 300);
    expect((await here.answered(slow)).status_code).toBe(1);
  });
});

describe('the size of a reply', () => {
  const padded = (session, size) => JSON.stringify({ ...session, padding: 'x'.repeat(size) });

  test('of somewhat less than 1 MiB is no harm', async () => {
    expect((await here.answered((session) => body(padded(session, MEBIBYTE - 1000)))).status_code).toBe(1);
  });

  test('of more than 1 MiB is 6008', () => expectFailure(here.answered((session) => body(padded(session, MEBIBYTE)))));

  test('that has no end is 6008 without waiting for one', async () => {
    let cut;
    const wasCut = new Promise((resolve) => {
      cut = resolve;
    });
    const endless = (_req, res) => {
      res.writeHead(200);
      res.once('close', cut);
      const more = () => {
        while (!res.destroyed && res.write('x'.repeat(65536)));
      };
      res.on('drain', more);
      more();
    };
    const app = here.open({ db: here.db, options: { wechat: { timeout: 3600000 } } });
    await within(20000, expectFailure(here.answered(() => endless, app)));
    await within(20000, wasCut, 'the connection');
  });
});
