'use strict';

// What is told on Node's diagnostics channels.

const diagnostics = require('node:diagnostics_channel');
const { defer } = require('./cleanup');

/** Calls a function with each message on a channel, until the test is over. */
function listenTo(name, heard) {
  const listener = (message) => heard(message);
  const channel = diagnostics.channel(name);
  channel.subscribe(listener);
  defer(() => channel.unsubscribe(listener));
}

/** The messages on a channel, from now until the test is over. */
function heardOn(name) {
  const messages = [];
  listenTo(name, (message) => messages.push(message));
  return messages;
}

module.exports = { heardOn, listenTo };
