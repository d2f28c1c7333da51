// Tokens of other users of another application: what a lookup by KEYS has to wade through.

/** So many at once keep a script well below the second that redis takes for too long. */
const CHUNK = 20_000;

/** As 1.3.2 writes a token, but for how its random digits come about. */
const FILL = `
for i = ARGV[1], ARGV[2] do
  local token = string.format('o-foreign-%020d|elsewhere|%s%024d', i, redis.sha1hex(i), i)
  redis.call('HSET', token, 'ctime', ARGV[3])
  redis.call('EXPIRE', token, 259200)
end`;

/** Adds the foreign tokens from number `from` on, up to `to` of them in all. */
export async function fill(client, from, to) {
  for (let first = from + 1; first <= to; first += CHUNK) {
    await client.eval(FILL, 0, first, Math.min(to, first + CHUNK - 1), Date.now());
  }
}
