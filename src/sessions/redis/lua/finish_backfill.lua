-- Writes into the marker that the adoption is done, unless a token of 1.3.2's was seen meanwhile,
-- which takes the marker away.
-- KEYS: the marker; ARGV: this backfill's name, the state that says that the adoption is done
-- Replies 1 when the adoption is done, else 0.
local state = redis.call('GET', KEYS[1])
if state == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2])
  return 1
end
return state == ARGV[2] and 1 or 0
