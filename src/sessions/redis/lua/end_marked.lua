-- Ends those of some tokens that were issued before the mark: the rest that a script which set it
-- could not know.
-- KEYS: the index, the mark, then for each token its record and its note
-- ARGV: why, then the tokens
-- Replies what it ended.
local reason = ARGV[1]
local now, mark = now_ms(), mark_at(2)

for n = 2, #ARGV do
  local record = 3 + 2 * (n - 2)
  if is_live(record, -1) and not is_live(record, mark) then
    end_session(1, record, ARGV[n], reason, now)
  end
end
return ended
