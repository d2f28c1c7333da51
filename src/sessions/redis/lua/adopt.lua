-- Lists a token that no index lists, or deletes it where the sessions were replaced since: one that 1.3.2 issued, or one of ours that
-- was made to outlive its index.
-- KEYS: the record, the index, the time of the last replacement
-- ARGV: the token, how much later than a replacement one of 1.3.2's must be, in milliseconds
-- Replies 1 when the token is live, else 0.
local record, index, since = KEYS[1], KEYS[2], KEYS[3]
local token, margin = ARGV[1], tonumber(ARGV[2])

if redis.call('TYPE', record).ok ~= 'hash' then
  return 0
end
local ctime = redis.call('HGET', record, 'ctime')
if not ctime then
  return 0
end
local issued = tonumber(ctime) or 0
local replaced = tonumber(redis.call('GET', since))
if replaced then
  -- Ours carry redis' own time, as the replacement does; those of 1.3.2 its server's.
  local ours = redis.call('HEXISTS', record, 'v') == 1
  if (ours and issued < replaced) or (not ours and issued <= replaced + margin) then
    redis.call('DEL', record)
    return 0
  end
end

local life, listed_life = redis.call('PTTL', record), redis.call('PTTL', index)
redis.call('ZADD', index, issued, token)
redis.call('HSET', record, 'v', 2)
-- The index lives as long as its longest record; -1 is for ever, -2 is no such key.
if life == -1 or listed_life == -1 then
  redis.call('PERSIST', index)
elseif life > listed_life then
  redis.call('PEXPIRE', index, life)
end
return 1
