-- Writes fields into the record of a token that lives.
-- KEYS: the record; ARGV: fields and values
-- Replies whether it lived.
if not is_live(1, -1) then
  return 0
end
for n = 1, #ARGV, 2 do
  redis.call('HSET', KEYS[1], ARGV[n], ARGV[n + 1])
end
return 1
