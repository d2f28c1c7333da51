-- Deletes a shared value, if nobody has put another in its place.
-- KEYS: the value's name; ARGV: the value
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1])
end
