'use strict';

// What is told on Node's diagnostics channels.

const diagnostics = require('node:diagnostics_channel');
const { defer } = require('./cleanup');

/** The messages on a channel, from now until the test is over. */
function heardOn(name) {
  const messages = [];
  const listener = (message) => messages.push(message);
  const channel = diagnostics.channel(name);
  channel.subscribe(listener);
  defer(() => channel.unsubscribe(listener));
  return messages;
}

module.exports = { heardOn };
