-- What became of a token that was rotated.
-- KEYS: its record
-- Replies nothing where it was not rotated, else {whether it is still valid, until when, its family, the token in its place}.
if redis.call('TYPE', KEYS[1]).ok ~= 'string' then
  return {}
end
local ends, family, token = string.match(redis.call('GET', KEYS[1]), '^(%d+) (%x+) (.+)$')
if not ends then
  return {}
end
return {tonumber(ends) > now_ms() and 1 or 0, ends, family, token}
