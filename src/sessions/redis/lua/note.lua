-- Writes notes into the record of a token that lives.
-- KEYS: the record; ARGV: fields and values
-- Replies 1 when it lived, else 0.
if not is_live(KEYS[1]) then
  return 0
end
redis.call('HSET', KEYS[1], unpack(ARGV))
return 1
