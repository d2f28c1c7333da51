'use strict';

const { pause } = require('../support');
const { tcpProxy } = require('../support/tcp-proxy');

/** For how long a fault lasts, in milliseconds. */
const LASTS = 500;

/** What happens to a piece on its way while a fault lasts. */
const WAYS = {
  cut: (_piece, to) => to.destroy(),
  'slow network': (piece, to) => pause(40).then(() => to.destroyed || to.write(piece)),
  'silent network': (piece, to, over) => over.then(() => to.destroyed || to.write(piece)),
  garbled: (_piece, to) => to.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
};

/**
 * A proxy in front of the redis on `port`, with the faults that networks have. A silent one carries
 * at last what it was given: no connection loses a part of it and goes on.
 */
async function faultyProxy(port) {
  let asked;
  let answered;
  let over;
  const carry = (way) => (piece, to) => {
    const fate = way();
    return fate ? WAYS[fate](piece, to, over) : to.write(piece);
  };
  const { url } = await tcpProxy(port, () => ({ toServer: carry(() => asked), toClient: carry(() => answered) }));
  const during = async (begin) => {
    over = pause(LASTS);
    begin();
    await over;
    asked = undefined;
    answered = undefined;
  };
  const faults = [
    { name: 'cut network', begin: () => (asked = 'cut') },
    { name: 'lost replies', begin: () => (answered = 'cut') },
    { name: 'garbled replies', begin: () => (answered = 'garbled') },
    { name: 'slow network', begin: () => (answered = asked = 'slow network') },
    { name: 'silent network', begin: () => (answered = 'silent network') },
  ];
  return { url, faults: faults.map(({ name, begin }) => ({ name, run: () => during(begin) })) };
}

/** How long a piece is on its way at most to a redis that is far, in milliseconds. */
const LATE = 12;

/**
 * A proxy through which nothing is lost and everything takes its time, so that what one process has
 * read is often no longer so when it acts on that. The URL of the redis behind it.
 */
async function farProxy(port, random) {
  const late = (piece, to) => pause(random.below(LATE)).then(() => to.destroyed || to.write(piece));
  const { url } = await tcpProxy(port, () => ({ toServer: late, toClient: late }));
  return url;
}

module.exports = { faultyProxy, farProxy };
