'use strict';

const crypto = require('node:crypto');
const { issue, isValid, newUser, NOT_LIVE, rejection, rotate } = require('../../support');

const ROTATIONS = 10;

/** What somebody who knows all of a token might hash, and hope for the id. */
function partsOf(token) {
  const [user, sku, hex] = token.split('|');
  const [session, secret] = [hex.slice(0, 32), hex.slice(32)];
  const texts = [token, hex, session, secret, secret + session];
  for (const part of [hex, session, secret]) texts.push(`${user}|${sku}|${part}`, `${user}|${part}`, `${user}${part}`);
  return [...texts, ...[hex, session, secret].map((part) => Buffer.from(part, 'hex'))];
}

/** What they might guess as the key of an HMAC. */
const keysOf = (token) => ['', 'mpauthx', 'mpauthx:id-key', ...token.split('|'), ...partsOf(token)];

const DIGESTS = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha512-256', 'sha3-256', 'ripemd160'];

/** All digests of a token's parts, as hex, in either order of digits. */
function digestsOf(token) {
  const known = DIGESTS.filter((name) => crypto.getHashes().includes(name));
  const hashes = known.flatMap((name) => partsOf(token).map((part) => crypto.createHash(name).update(part)));
  const hmacs = keysOf(token).flatMap((key) =>
    partsOf(token).map((part) => crypto.createHmac('sha256', key).update(part)),
  );
  return [...hashes, ...hmacs].map((hash) => hash.digest('hex'));
}

/** Whether two texts have a run of so many digits in common. */
function haveInCommon(one, other, digits) {
  const runs = Array.from({ length: one.length - digits + 1 }, (_, i) => one.slice(i, i + digits));
  return runs.some((run) => other.includes(run));
}

/** The id of a session: what it is the same for, and that it opens nothing. */
function sessionIds(open) {
  const app = () => open({ sessions: { mode: 'each' } });

  /** A session that was rotated so often; all its tokens, oldest first. */
  async function rotated(here, user) {
    const tokens = [await issue(here, user)];
    for (let i = 0; i < ROTATIONS; i += 1) tokens.push(await rotate(here, tokens[i], { grace: 0 }));
    return tokens;
  }

  describe('the id of a session', () => {
    test('is the same after ten rotations, whoever tells it', async () => {
      const [here, user] = [app(), newUser()];
      const { id, token } = await here.sessions.issue(user);
      const other = await issue(here, user);
      let last = token;
      for (let i = 0; i < ROTATIONS; i += 1) {
        const next = await here.sessions.rotate(last, { grace: 0 });
        expect(next.id).toBe(id);
        expect(next.token).not.toBe(last);
        last = next.token;
        expect([await here.verify(last), await here.sessions.inspect(last)]).toMatchObject([{ id }, { id }]);
      }
      const list = await here.sessions.list(user, { current: last });
      expect(list.map((one) => [one.id === id, one.current])).toEqual([
        [false, undefined],
        [true, true],
      ]);
      expect(await here.sessions.revokeById(user, id)).toBe(true);
      expect(await rejection(here.verify(last))).toMatchObject(NOT_LIVE);
      expect(await isValid(here, other)).toBe(true);
    });

    test('is no part of a token and no digest of one', async () => {
      const [here, user] = [app(), newUser()];
      const tokens = await rotated(here, user);
      const { id } = await here.sessions.inspect(tokens[ROTATIONS]);
      for (const token of tokens) {
        expect(haveInCommon(id, token.slice(-64), 12)).toBe(false);
        expect(digestsOf(token).filter((digest) => haveInCommon(id, digest, 12))).toEqual([]);
      }
    });

    test('opens nothing in the place of a token or of a half of one', async () => {
      const [here, user] = [app(), newUser()];
      const { id, token } = await here.sessions.issue(user);
      const [begin, secret] = [token.slice(0, -64), token.slice(-32)];
      for (const tried of [id, begin + id, begin + id + id, begin + id + secret]) {
        expect(await rejection(here.verify(tried))).toMatchObject(NOT_LIVE);
        expect(await rejection(here.sessions.rotate(tried))).toMatchObject(NOT_LIVE);
        expect(await isValid(here, tried)).toBe(false);
      }
      expect(await here.sessions.revokeById(newUser(), id)).toBe(false);
      expect(await isValid(here, token)).toBe(true);
    });
  });
}

module.exports = { sessionIds };
