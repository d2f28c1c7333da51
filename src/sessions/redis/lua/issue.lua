-- Issues a token, unless the user's live one is shared.
-- KEYS: the index, the new record, then the records of the listed tokens
-- ARGV: the new token, its life in seconds, its idle limit in milliseconds or 0, how many tokens may live (0: one, which is shared),
--       the number of notes, the notes (fields and values), then the listed tokens, in the index's order
-- Replies {0, false, false} when the index lists something else, {0, token, end} when that token is live and shared, {1, false, end} when the
-- new one was issued.
local index, record = KEYS[1], KEYS[2]
local token, life, idle, max, count = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local first = 6 + count

if not lists(index, 3, first) then
  return {0, false, false}
end
local now = now_ms()
local notes = {unpack(ARGV, 6, first - 1)}

local live, dead = {}, {}
for i = #KEYS, 3, -1 do
  if is_live(KEYS[i]) then
    live[#live + 1] = i
  else
    dead[#dead + 1] = i
  end
end
if max == 0 and #live > 0 then
  local shared = KEYS[live[1]]
  if #notes > 0 then
    redis.call('HSET', shared, unpack(notes))
  end
  pcall(touch, shared, now, idle)
  return {0, ARGV[live[1] - 3 + first], end_of(shared, now)}
end

-- First what redis may refuse, for want of memory or of a right, and what does no harm where it stays alone: a listed token without a
-- record is none.
list(index, token, now, life)
ask_for_rights(index, record)
put(record, now, life, idle, notes)
for _, i in ipairs(dead) do
  redis.call('ZREM', index, ARGV[i - 3 + first])
end
for n = math.max(max, 1), #live do
  redis.call('DEL', KEYS[live[n]])
  redis.call('ZREM', index, ARGV[live[n] - 3 + first])
end
if #live == 0 then
  redis.call('PEXPIRE', index, text(life * 1000)) -- whatever those lived for that it has just let go
end
return {1, false, text(now + life * 1000)}
