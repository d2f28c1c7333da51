'use strict';

// The channels of Node's diagnostics_channel on which it is told what happens, for whoever has
// subscribed. The addon sends an event only where somebody has.

const { channel } = require('diagnostics_channel');

/** Each channel, and the bit that means it in the addon. */
const LOGIN = { channel: channel('mpauthx:login'), topic: 1 };
const END = { channel: channel('mpauthx:session:end'), topic: 2 };
const WECHAT = { channel: channel('mpauthx:wechat'), topic: 4 };
const STORE = { channel: channel('mpauthx:store'), topic: 8 };

/** The topics that somebody has subscribed to by now. */
function subscribed() {
  let topics = 0;
  if (LOGIN.channel.hasSubscribers) topics |= LOGIN.topic;
  if (END.channel.hasSubscribers) topics |= END.topic;
  if (WECHAT.channel.hasSubscribers) topics |= WECHAT.topic;
  if (STORE.channel.hasSubscribers) topics |= STORE.topic;
  return topics;
}

/** Tells of an event. */
function publish({ login, end, wechat, store }) {
  if (login) LOGIN.channel.publish(login);
  if (end) END.channel.publish(end);
  if (wechat) WECHAT.channel.publish(wechat);
  if (store) STORE.channel.publish(store);
}

module.exports = { publish, subscribed };
