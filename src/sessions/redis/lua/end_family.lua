-- Ends the listed tokens of a family: one that was rotated away was used after its grace, so somebody has a copy.
-- KEYS: the index, then the records of the listed tokens
-- ARGV: the family, then the listed tokens, in the index's order
-- Replies 0 when the index lists something else, else 1.
local index = KEYS[1]

if not lists(index, 2, 2) then
  return 0
end
for i = 2, #KEYS do
  if is_live(KEYS[i]) and redis.call('HGET', KEYS[i], 'f') == ARGV[1] then
    redis.call('DEL', KEYS[i])
    redis.call('ZREM', index, ARGV[i])
  end
end
return 1
