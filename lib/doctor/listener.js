'use strict';

// What listens where a redis should be: asked over a connection of the doctor's own, as the addon
// only says that it is no redis.

const net = require('net');

/** In milliseconds. */
const TIMEOUT = 2000;

/** What a server of TLS answers to plain text with: an alert. */
const TLS_ALERT = 0x15;

/**
 * 'redis', 'tls', the first words of something else; undefined where nobody answers or the URL is
 * none of plain TCP.
 */
function whoListens(url) {
  const [, host, port = 6379] = /^redis:\/\/(?:[^/]*@)?(\[[^\]]+\]|[^:/?]+)(?::(\d+))?/.exec(url) || [];
  if (host === undefined) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const socket = net.connect({ host: host.replace(/^\[|\]$/g, ''), port: Number(port) });
    const end = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(TIMEOUT, () => end(undefined));
    socket.on('error', () => end(undefined));
    socket.on('close', () => end(undefined));
    socket.on('connect', () => socket.write('PING\r\n'));
    socket.on('data', (bytes) => end(speakerOf(bytes)));
  });
}

function speakerOf(bytes) {
  if (bytes[0] === TLS_ALERT) return 'tls';
  const [line] = bytes.toString('latin1').split(/[\r\n]/);
  return /^(\+PONG|-[A-Z]+ )/.test(line) ? 'redis' : line.replace(/[^ -~]+/g, ' ').trim().slice(0, 60);
}

module.exports = { whoListens };
