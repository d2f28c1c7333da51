'use strict';

// What listens where a redis should be: asked over a connection of the doctor's own, as the addon
// only says that it is no redis.

const net = require('net');
const tls = require('tls');

/** In milliseconds. */
const TIMEOUT = 2000;

/**
 * 'redis', 'tls', the first words of something else; undefined where nobody answers or the URL is
 * none of plain TCP.
 */
async function whoListens(url) {
  const [, host, port = 6379] = /^redis:\/\/(?:[^/]*@)?(\[[^\]]+\]|[^:/?]+)(?::(\d+))?/.exec(url) || [];
  if (host === undefined) return undefined;
  const place = { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
  const said = await firstLine(place);
  if (said !== undefined) return /^(\+PONG|-[A-Z]+ )/.test(said) ? 'redis' : said;
  return (await speaksTls(place)) ? 'tls' : undefined;
}

/** What a server says to plain text; undefined where that is nothing readable. */
function firstLine(place) {
  const read = (bytes) =>
    bytes
      .toString('latin1')
      .split(/[\r\n]/)[0]
      .replace(/[^ -~]+/g, '')
      .slice(0, 60) || undefined;
  return ask(net.connect(place), 'connect', (socket, end) => {
    socket.on('data', (bytes) => end(read(bytes)));
    socket.write('PING\r\n');
  });
}

/** Nothing is sent, so it does not matter whose the certificate is. */
function speaksTls(place) {
  const options = { ...place, rejectUnauthorized: false };
  return ask(tls.connect(options), 'secureConnect', (_socket, end) => end(true));
}

/** What `begin` ends with once the socket is there; undefined where it comes to nothing. */
function ask(socket, ready, begin) {
  return new Promise((resolve) => {
    const end = (answer) => {
      resolve(answer);
      socket.destroy();
    };
    socket.setTimeout(TIMEOUT, () => end(undefined));
    socket.on('error', () => end(undefined));
    socket.on('close', () => end(undefined));
    socket.on(ready, () => begin(socket, end));
  });
}

module.exports = { whoListens };
