-- Ends the oldest tokens beyond the limit.
-- KEYS: the index, the mark, then for each token that was read from the index its record and its
-- note
-- ARGV: how many may live, then the tokens that were read, oldest first
-- Replies what it ended.
local max = tonumber(ARGV[1])
local now, mark = now_ms(), mark_at(2)

local live = {}
for n = 2, #ARGV do
  local record = 3 + 2 * (n - 2)
  if is_live(record, mark) then
    live[#live + 1] = n
  end
end
-- What was listed since is newer than all of these: whoever issued it trims as well.
for i = 1, #live - max do
  local n = live[i]
  end_session(1, 3 + 2 * (n - 2), ARGV[n], 'evicted', now)
end
return ended
