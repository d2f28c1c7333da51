-- Ends every token that was issued so far.
-- KEYS: the index, the mark, a key that is not there, then for each token that was read from the
--       index its record and its note
-- ARGV: why, the life of the mark in milliseconds, whether to do so in any case, the token that is
--       kept, if any, then the tokens that were read
-- Replies {1, how many lived, what it ended, what was listed, must end, and was not read}, or
-- {0, 0, {}, {}} where the index lists tokens that were not read.
local reason, mark_life, kept = ARGV[1], tonumber(ARGV[2]), ARGV[4]
if ARGV[3] == '0' and not lists_only(1, 5) then
  return {0, 0, {}, {}}
end
local now, before = now_ms(), mark_at(2)
local mark = math.max(now, newest(1), before)

ask_for_rights(1, 3)
if kept ~= '' then
  redis.call('ZADD', KEYS[1], 'XX', 0, '') -- changes nothing, and asks for one right more
end
redis.call('SET', KEYS[2], text(mark), 'PX', text(mark_life))
local lived = 0
for n = 5, #ARGV do
  local record = 4 + 2 * (n - 5)
  if ARGV[n] == kept and is_live(record, before) then
    -- As if it had been issued after the mark.
    redis.call('HSET', KEYS[record], ORDER, text(mark + 1))
    redis.call('ZADD', KEYS[1], text(mark + 1), kept)
  elseif is_live(record, -1) then
    -- Else somebody has ended all who has not come to this one yet, and who counts it.
    lived = lived + (is_live(record, before) and 1 or 0)
    end_session(1, record, ARGV[n], reason, now)
  else
    redis.call('DEL', KEYS[record])
    redis.call('ZREM', KEYS[1], ARGV[n])
  end
end
return {1, lived, ended, listed_until(1, mark)}
