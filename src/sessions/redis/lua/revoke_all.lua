-- Ends every listed token.
-- KEYS: the index, the time of the last replacement, then the records of the listed tokens
-- ARGV: the life of that time in seconds, then the listed tokens, in the index's order
-- Replies {0, 0} when the index lists something else, else {1, how many lived}.
local index, since = KEYS[1], KEYS[2]

if not lists(index, 3, 2) then
  return {0, 0}
end
local live = 0
for i = 3, #KEYS do
  if is_live(KEYS[i]) then
    live = live + 1
  end
  redis.call('DEL', KEYS[i])
end
redis.call('DEL', index)
-- Last: a redis whose memory is full refuses it where nothing was deleted before.
redis.call('SET', since, text(now_ms()), 'EX', ARGV[1])
return {1, live}
