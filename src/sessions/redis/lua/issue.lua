-- Issues a token, or gives the live one that the user's logins share.
-- KEYS: the index, the mark, the new record, then for each token that was read from the index its
--       record and its note
-- ARGV: the new token, its life and its idle limit (0: none) in milliseconds, how many tokens may
--       live (0: one, which is shared), whether to issue in any case, the token whose place the
--       new one takes, if any, the number of fields and values, these, then the tokens that were
--       read, oldest first
-- Replies {'issued', '', its expiry, how many tokens live beyond the limit, what was ended},
-- {'shared', the live token, its expiry, 0, {}}, or {'conflict', '', '', 0, {}} where the index
-- lists tokens that were not read, and one of them would be shared or end.
local life, idle, max = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local forced, replaced, count = ARGV[5] == '1', ARGV[6], tonumber(ARGV[7])
local first = 8 + count
local now, mark = now_ms(), mark_at(2)

if is_live(3, -1) then
  return {'issued', '', expiry_of(3, now), 0, {}} -- it ran before, and its reply was lost
end
local fields = {}
for i = 8, first - 1 do
  fields[#fields + 1] = ARGV[i]
end
local read = {}
for i = first, #ARGV do
  read[ARGV[i]] = 4 + 2 * (i - first)
end

-- What lives: of the tokens that were read by their records, of the others (newer ones) as listed.
local live, others, dead, gives_way = {}, 0, {}, false
local listed = redis.call('ZRANGE', KEYS[1], 0, -1)
for _, token in ipairs(listed) do
  local record = read[token]
  if not record then
    others = others + 1
  elseif is_live(record, mark) then
    if max > 0 and token == replaced then
      gives_way = true
    else
      live[#live + 1] = token
    end
  else
    dead[#dead + 1] = token
  end
end

local excess = max > 0 and #live + others + 1 - max or 0
if not forced and (max == 0 and others > 0 or excess > #live) then
  return {'conflict', '', '', 0, {}}
end
if max == 0 then
  local shared = live[#live]
  if shared then
    local i = read[shared]
    for n = 1, #fields, 2 do
      redis.call('HSET', KEYS[i], fields[n], fields[n + 1])
    end
    pcall(touch, i, now, idle)
    return {'shared', shared, expiry_of(i, now), 0, {}}
  end
end

-- First what redis may refuse, for want of memory or of a right, and what does no harm where it
-- stays alone: a listed token without a record is none.
local issued = math.max(now, newest(1) + 1, mark + 1)
redis.call('ZADD', KEYS[1], text(issued), ARGV[1])
prolong(1, life)
ask_for_rights(1, 3)
local expires = write_record(3, issued, now, life, idle, fields)
for _, token in ipairs(dead) do
  local record = read[token]
  if is_live(record, -1) then
    -- All were ended, and whoever did so has not come to this one.
    end_session(1, record, token, 'revoked', now)
  else
    redis.call('ZREM', KEYS[1], token)
  end
end
if gives_way then
  end_session(1, read[replaced], replaced, 'replaced', now)
end
for n = 1, math.min(excess, #live) do
  end_session(1, read[live[n]], live[n], 'evicted', now)
end
if #live == 0 and others == 0 then
  redis.call('PEXPIRE', KEYS[1], text(life)) -- it has let go of all that it lived for
end
return {'issued', '', expires, math.max(0, excess - #live), ended}
