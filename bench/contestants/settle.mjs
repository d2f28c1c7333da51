/** For clients with callbacks. An invalid token is a rejection with undefined, as in mpauthx. */
export function settle(error, ctime, resolve, reject) {
  if (error) reject(error);
  else if (ctime) resolve();
  else reject();
}

/** For clients with promises: `[ctime, v]`, what mpauthx 2 reads of a token. */
export function verify([ctime]) {
  if (!ctime) throw undefined;
}
