'use strict';

// The process that looks. It runs the application's code: whatever that does to its process, the
// one that reports can still say it.

const { examine } = require('./examine.js');
const { Mask } = require('./mask.js');

/** How often it says that it is alive, in milliseconds. */
const BEAT = 1000;

/** What the configuration began may still fail so soon after all looks, in milliseconds. */
const AFTERMATH = 100;

/** As it was before the application's code ran. */
const send = process.send.bind(process);

const findings = {
  mask: new Mask(process.env),
  begin: (section) => send({ doctor: { section } }),
  tell: (code, values = {}) => send({ doctor: { code, values: findings.mask.applyTo(values) } }),
};

function main([config]) {
  setInterval(() => send({ doctor: {} }), BEAT).unref();
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.on(event, (error) => findings.tell('config.threw-later', { cause: messageOf(error) }));
  }
  // What the configuration has left open does not hold the process.
  process.once('disconnect', () => process.exit());
  return examine(findings, { config, folder: process.cwd() }).then(() =>
    setTimeout(() => send({ doctor: { isDone: true } }), AFTERMATH),
  );
}

function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

main(process.argv.slice(2));
