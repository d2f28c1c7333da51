-- Ends every listed token and issues a new one.
-- KEYS: the index, the time of the last replacement, the new record, then the records of the listed tokens
-- ARGV: the new token, its life in seconds, the life of that time in seconds, then the listed tokens, in the index's order
-- Replies {0, false} when the index lists something else, {1, false} when the new token was issued.
local index, since, record = KEYS[1], KEYS[2], KEYS[3]
local token, life, since_life = ARGV[1], ARGV[2], ARGV[3]

local listed = redis.call('ZRANGE', index, 0, -1)
if #listed ~= #KEYS - 3 then
  return {0, false}
end
for i = 1, #listed do
  if listed[i] ~= ARGV[i + 3] then
    return {0, false}
  end
end

local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
-- First what redis may refuse, for want of memory or of a right, and what does no harm where it stays alone: a listed token without a
-- record is none.
redis.call('ZADD', index, now, token)
redis.call('EXPIRE', index, life)
redis.call('DEL', record) -- there is none yet: shows whether the right is there before it matters
redis.call('SET', since, now, 'EX', since_life)
redis.call('HSET', record, 'ctime', now, 'v', 2)
redis.call('EXPIRE', record, life)
for i = 4, #KEYS do
  redis.call('DEL', KEYS[i])
end
redis.call('DEL', index)
redis.call('ZADD', index, now, token)
redis.call('EXPIRE', index, life)
return {1, false}
