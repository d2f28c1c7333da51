-- Lists a token that no index lists, or deletes it where the sessions were ended since: one that
-- 1.3.2 issued, or one of ours that was made to outlive its index. Whether it lives does not depend
-- on whether redis takes the writes now.
-- KEYS: the record, the index, the mark, and, where a backfill may be due, its marker
-- ARGV: the token, how much later than the mark one of 1.3.2's must be, in milliseconds
-- Replies whether the token is live.
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then
  return 0
end
local fields = redis.call('HMGET', KEYS[1], CTIME, VERSION, EXPIRES, ORDER)
if not fields[1] then
  return 0
end
local issued, ours = tonumber(fields[4] or fields[1]) or 0, fields[2]
-- Ours carry redis' own time, as the mark does; those of 1.3.2 the time of the server that issued
-- them.
local margin = ours and 0 or tonumber(ARGV[2])
if KEYS[4] and not ours then
  redis.pcall('DEL', KEYS[4]) -- first: whatever happens then, the next backfill finds the token
end
local mark = mark_at(3)
if mark >= 0 and issued <= mark + margin then
  redis.pcall('DEL', KEYS[1])
  return 0
end

local now, left = now_ms(), redis.call('PTTL', KEYS[1])
local expires = left == -1 and '' or text(now + left)
-- Nothing is written about one that is listed and whose end stands in its record.
if ours and fields[3] and (fields[3] == '' or (tonumber(fields[3]) or 0) > now) and is_listed(2, ARGV[1]) then
  return 1
end

-- A write that redis refuses for want of memory, or as a replica, changes nothing. A right that is
-- missing is told.
local forbidden
local function note_refusal(reply)
  local refusal = type(reply) == 'table' and reply.err
  if refusal and (string.find(refusal, 'NOPERM', 1, true) or string.find(refusal, "can't run this command", 1, true)) then
    forbidden = reply
  end
end
-- The clock that 1.3.2 took the time from may be ahead: no token is newer than now, or whatever is
-- issued after it would have to be newer still, and the next mark would not reach it.
local order = text(math.min(issued, now))
note_refusal(redis.pcall('ZADD', KEYS[2], order, ARGV[1]))
note_refusal(redis.pcall('HSET', KEYS[1], VERSION, 2, EXPIRES, expires, ORDER, order))
-- The index lives as long as its longest record.
local listed = redis.call('PTTL', KEYS[2])
if left == -1 then
  note_refusal(redis.pcall('PERSIST', KEYS[2]))
elseif listed ~= -1 and listed < left then
  note_refusal(redis.pcall('PEXPIRE', KEYS[2], text(left)))
end
return forbidden or 1
