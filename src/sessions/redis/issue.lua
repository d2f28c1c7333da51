-- Issues a token, unless one is live.
-- KEYS: the index, the new record, then the records of the listed tokens
-- ARGV: the new token, its life in seconds, then the listed tokens, in the index's order
-- Replies {0, false} when the index lists something else, {0, token} when that token is live, {1, false} when the new one was issued.
local index, record = KEYS[1], KEYS[2]
local token, life = ARGV[1], ARGV[2]

local listed = redis.call('ZRANGE', index, 0, -1)
if #listed ~= #KEYS - 2 then
  return {0, false}
end
for i = 1, #listed do
  if listed[i] ~= ARGV[i + 2] then
    return {0, false}
  end
end
for i = #listed, 1, -1 do
  if redis.call('TYPE', KEYS[i + 2]).ok == 'hash' and redis.call('HEXISTS', KEYS[i + 2], 'ctime') == 1 then
    return {0, listed[i]}
  end
end

local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
-- First what redis may refuse, for want of memory or of a right, and what does no harm where it stays alone: a listed token without a
-- record is none.
redis.call('ZADD', index, now, token)
redis.call('EXPIRE', index, life)
redis.call('HSET', record, 'ctime', now, 'v', 2)
redis.call('EXPIRE', record, life)
if #listed > 0 then
  redis.call('DEL', index)
  redis.call('ZADD', index, now, token)
  redis.call('EXPIRE', index, life)
end
return {1, false}
