-- Reads the note that a rotation left.
-- KEYS: the note
-- Replies nothing where there is none, else {whether the old token is still valid, until when, its family, the token in its place}.
local note = redis.call('GET', KEYS[1])
local ends, family, token = string.match(note or '', '^(%d+) (%x+) (.+)$')
if not ends then
  return {}
end
return {tonumber(ends) > now_ms() and 1 or 0, ends, family, token}
