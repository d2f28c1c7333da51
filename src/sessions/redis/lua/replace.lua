-- Ends every listed token and issues a new one.
-- KEYS: the index, the time of the last replacement, the new record, then the records of the listed tokens
-- ARGV: the new token, its life in seconds, its idle limit in milliseconds or 0, the life of that time in seconds, then the listed
--       tokens, in the index's order
-- Replies {0, false, false} when the index lists something else, {1, false, end} when the new token was issued.
local index, since, record = KEYS[1], KEYS[2], KEYS[3]
local token, life, idle, since_life = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]

if not lists(index, 4, 5) then
  return {0, false, false}
end
local now = now_ms()
-- First what redis may refuse, for want of memory or of a right, and what does no harm where it stays alone: a listed token without a
-- record is none.
list(index, token, now, life)
ask_for_rights(index, record)
redis.call('SET', since, text(now), 'EX', since_life)
put(record, now, life, idle, {})
for i = 4, #KEYS do
  redis.call('DEL', KEYS[i])
  redis.call('ZREM', index, ARGV[i + 1])
end
redis.call('PEXPIRE', index, text(life * 1000))
return {1, false, text(now + life * 1000)}
