-- Ends every token that was issued so far and issues a new one.
-- KEYS: the index, the mark, the new record, then for each token that was read from the index its
--       record and its note
-- ARGV: the new token, its life and its idle limit (0: none) in milliseconds, the life of the mark
--       in milliseconds, whether to do so in any case, then the tokens that were read
-- Replies {1, what it ended, what was listed, must end, and was not read}, or {0, {}, {}} where the
-- index lists tokens that were not read.
local life, idle, mark_life = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local now = now_ms()

-- It may have run before, and its reply been lost. Then the mark is of that time.
if not is_live(3, -1) then
  if ARGV[5] == '0' and not lists_only(1, 6) then
    return {0, {}, {}}
  end
  -- First what redis may refuse, for want of memory or of a right, and what does no harm where it
  -- stays alone: a listed token without a record is none.
  local mark = math.max(now, newest(1), mark_at(2))
  redis.call('ZADD', KEYS[1], text(mark + 1), ARGV[1])
  prolong(1, life)
  ask_for_rights(1, 3)
  redis.call('SET', KEYS[2], text(mark), 'PX', text(mark_life))
  write_record(3, mark + 1, now, life, idle, {})
end
local mark = mark_at(2)
for n = 6, #ARGV do
  local record = 4 + 2 * (n - 6)
  if is_live(record, -1) then
    end_session(1, record, ARGV[n], 'replaced', now)
  else
    redis.call('ZREM', KEYS[1], ARGV[n])
  end
end
local rest = listed_until(1, mark)
if #rest == 0 then
  redis.call('PEXPIRE', KEYS[1], text(life)) -- it has let go of all that it lived for
end
return {1, ended, rest}
