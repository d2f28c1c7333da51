'use strict';

const { pause, startRedis, tempDir } = require('../support');
const { faultyProxy } = require('../linearizability/proxy');

/** For how long something is away, in milliseconds. */
const AWAY = 1500;

/** What WeChat is asked for. */
const PATHS = ['/sns/jscode2session', '/cgi-bin/stable_token', '/wxa/business/getuserphonenumber'];

/** Redis behind a network, and WeChat, with what befalls them. */
async function createWorld(wechat) {
  const args = ['--appendonly', 'yes', '--appendfsync', 'no', '--dir', tempDir()];
  let server = await startRedis({ args });
  const { port } = server;
  const proxy = await faultyProxy(port);
  const interrupted = (reply) => () => {
    for (const path of PATHS) wechat.interrupt(path, ...Array.from({ length: 20 }, reply));
  };
  const faults = [
    ...proxy.faults,
    {
      name: 'redis is killed',
      async run() {
        await server.stop();
        await pause(AWAY / 3);
        server = await startRedis({ args, port });
      },
    },
    {
      name: 'redis is stopped',
      async run() {
        server.pause();
        await pause(AWAY);
        server.resume();
      },
    },
    { name: 'WeChat is busy', run: interrupted(wechat.faults.busy) },
    { name: 'WeChat is not there', run: interrupted(wechat.faults.badGateway) },
    { name: 'WeChat does not answer', run: interrupted(wechat.faults.blackHole) },
  ];
  return { url: proxy.url, faults };
}

module.exports = { createWorld };
