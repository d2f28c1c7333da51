-- Puts a new token in the place of a live one. The session's note keeps the secrets of the tokens
-- that are still in their grace, the newest 16: a token that is neither among them nor current was
-- copied.
-- KEYS: the index, the mark, the session's note, the old record, the new record
-- ARGV: the old token, the new one, their secrets, the new one's life, its idle limit (0: none) and
--       the grace in milliseconds
-- Replies {'rotated', the expiry}, {'ended', ''} where the session has ended, {'conflict', ''}
-- where the old token has no record any more.
local life, idle, grace = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local now, mark = now_ms(), mark_at(2)

if is_live(5, mark) then
  return {'rotated', expiry_of(5, now)} -- it ran before, and its reply was lost
end
if redis.call('HEXISTS', KEYS[3], ENDED) == 1 then
  return {'ended', ''}
end
if not is_live(4, mark) then
  return {is_live(4, -1) and 'ended' or 'conflict', ''}
end

local fields = {}
for _, field in ipairs({DEVICE, OPEN_ID}) do
  local value = redis.call('HGET', KEYS[4], field)
  if value then
    fields[#fields + 1] = field
    fields[#fields + 1] = value
  end
end
local in_grace = {}
for secret, ends in string.gmatch(redis.call('HGET', KEYS[3], GRACE) or '', '(%x+):(%d+)') do
  if tonumber(ends) > now then
    in_grace[#in_grace + 1] = secret .. ':' .. ends
  end
end
if grace > 0 then
  in_grace[#in_grace + 1] = ARGV[3] .. ':' .. text(now + grace)
end
while #in_grace > 16 do
  table.remove(in_grace, 1)
end

-- First what redis may refuse, for want of memory or of a right, and what does no harm where it
-- stays alone: a listed token without a record is none.
local issued = math.max(now, newest(1) + 1, mark + 1)
redis.call('ZADD', KEYS[1], text(issued), ARGV[2])
prolong(1, life)
ask_for_rights(1, 5)
redis.call('HSET', KEYS[3], CURRENT, ARGV[4], CURRENT_EXPIRES, text(now + life), GRACE, table.concat(in_grace, ' '))
redis.call('PEXPIRE', KEYS[3], text(life))
local expires = write_record(5, issued, now, life, idle, fields)
redis.call('DEL', KEYS[4])
redis.call('ZREM', KEYS[1], ARGV[1])
return {'rotated', expires}
