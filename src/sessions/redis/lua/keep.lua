-- Keeps a shared value for a while, or for as long as the one that is there would have lived.
-- KEYS: the value's name
-- ARGV: the shortest life in milliseconds, whether the value that is there gives way, the value if
--       it is known
local left = redis.call('PTTL', KEYS[1])
local life = text(math.max(left, tonumber(ARGV[1])))
if ARGV[3] and (left == -2 or ARGV[2] == '1') then
  redis.call('SET', KEYS[1], ARGV[3], 'PX', life)
else
  redis.call('PEXPIRE', KEYS[1], life)
end
