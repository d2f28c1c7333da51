-- Ends every listed token.
-- KEYS: the index, the time of the last replacement, then the records of the listed tokens
-- ARGV: the life of that time in seconds, then the listed tokens, in the index's order
-- Replies {0, 0} when the index lists something else, else {1, how many lived}.
local index, since = KEYS[1], KEYS[2]

if not lists(index, 3, 2) then
  return {0, 0}
end
-- First what redis may refuse for want of a right. ZREM does nothing, but a redis whose memory is full lets a script go on that has
-- begun to write.
redis.call('ZREM', index, '')
redis.call('SET', since, text(now_ms()), 'EX', ARGV[1])
local live = 0
for i = 3, #KEYS do
  if is_live(KEYS[i]) then
    live = live + 1
  end
  redis.call('DEL', KEYS[i])
end
redis.call('DEL', index)
return {1, live}
