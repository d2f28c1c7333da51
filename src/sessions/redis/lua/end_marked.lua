-- Ends those of some tokens that were issued before the mark: the rest that a script which set it
-- could not know.
-- KEYS: the index, the mark, then for each token its record and its note
-- ARGV: why, then the tokens
-- Replies {how many lived when the mark was set, what it ended}.
local reason = ARGV[1]
local now, mark = now_ms(), mark_at(2)
local lived = 0

for n = 2, #ARGV do
  local record = 3 + 2 * (n - 2)
  local note = record + 1
  if is_live(record, -1) and not is_live(record, mark) then
    end_session(1, record, ARGV[n], reason, now)
    lived = lived + 1
  elseif redis.call('HEXISTS', KEYS[note], ENDED) == 1 then
    lived = lived + 1 -- others came to it first
  end
end
return {lived, ended}
