'use strict';

// Questions to the addon.

/** What redis replies to each command: `{ reply }` or `{ error }`. */
function askRedis({ calls }, commands) {
  return calls.start(
    (call) => calls.core.askRedis(call, commands),
    ({ data }) => JSON.parse(data),
  );
}

/** Whether WeChat knows the app; rejects where it does not, or cannot be asked. */
function tryCredentials({ calls }) {
  return calls.start(
    (call) => calls.core.tryCredentials(call),
    () => undefined,
  );
}

function askHealth(calls) {
  return calls.start(
    (call) => calls.core.health(call),
    ({ health }) => health,
  );
}

/** What an error of the addon says, whatever a client would be told. */
function causeOf(error) {
  return error.cause instanceof Error ? error.cause.message : error.message;
}

module.exports = { askHealth, askRedis, causeOf, tryCredentials };
