-- Ends a session.
-- KEYS: the index, the mark, the record of its token as far as that is known, the session's note, a
--       key that is not there
-- ARGV: why, the token, its secret, whether to do so in any case
-- Replies {whether that token lived, the secret of the one that has taken its place since, if one
-- has}. Where one has, nothing is done unless it is to be done in any case; the caller must still
-- end that one, which cannot be rotated any more.
local reason, token, secret, forced = ARGV[1], ARGV[2], ARGV[3], ARGV[4] == '1'

local now = now_ms()
local lived = is_live(3, mark_at(2))
local current, expires = redis.call('HGET', KEYS[4], CURRENT), ''
local other = current and current ~= secret and current or ''
if other ~= '' and not forced then
  return {0, other}
end
ask_for_rights(1, 5)
if lived then
  expires = expiry_of(3, now)
  redis.call('DEL', KEYS[3])
  redis.call('ZREM', KEYS[1], token)
end
-- Where there is neither, there is nothing to end, and nothing to write down.
if lived or current then
  write_end(4, reason, expires, now)
end
return {lived and 1 or 0, other}
