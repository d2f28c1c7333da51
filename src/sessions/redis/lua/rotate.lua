-- Puts a new token in the place of a live one. A note stays of the old one: until when it is still valid, the family that both belong
-- to, and the new one.
-- KEYS: the index, the old record, the new record, the note
-- ARGV: the old token, the new one, its life in seconds, its idle limit in milliseconds or 0, the grace in milliseconds, a name for
--       the family of a token that has none
-- Replies {0, false, false} when the old token does not live, else {1, false, end}.
local index, old, new, note = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local life, idle, grace = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])

if not is_live(old) then
  return {0, false, false}
end
local now = now_ms()
local kept = redis.call('HMGET', old, 'd', 's', 'f')
local family = kept[3] or ARGV[6]
local notes = {'f', family}
for i, field in ipairs({'d', 's'}) do
  if kept[i] then
    notes[#notes + 1] = field
    notes[#notes + 1] = kept[i]
  end
end
-- First what redis may refuse, for want of memory or of a right, and what does no harm where it stays alone: a listed token without a
-- record is none, and nobody reads the note of a token that has one.
list(index, ARGV[2], now, life)
redis.call('SET', note, text(now + grace) .. ' ' .. family .. ' ' .. ARGV[2], 'EX', life)
ask_for_rights(index, new)
put(new, now, life, idle, notes)
redis.call('DEL', old)
redis.call('ZREM', index, ARGV[1])
return {1, false, text(now + life * 1000)}
