-- Marks the adoption as done, unless a token of 1.3.2's was seen meanwhile, which takes the marker
-- away.
-- KEYS: the marker; ARGV: this backfill's name, the mark
-- Replies 1 when the adoption is done, else 0.
local mark = redis.call('GET', KEYS[1])
if mark == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2])
  return 1
end
return mark == ARGV[2] and 1 or 0
