-- Ends a token.
-- KEYS: its record, the index; ARGV: the token
-- Replies 1 when it lived, else 0.
if not is_live(KEYS[1]) then
  return 0
end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
return 1
