-- What several scripts need; put in front of each, behind the names of the fields. Times are Unix
-- milliseconds on redis' own clock.
--
-- Proxies that shard accept a script only if each key stands as KEYS[…] in the call itself, and
-- some lack the global `unpack`: so functions take the number of a key, and fields are written one
-- by one.

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function text(number)
  return string.format('%.0f', number)
end

-- When all sessions were last ended, by the mark at KEYS[i]; -1 where they never were.
local function mark_at(i)
  return tonumber(redis.call('GET', KEYS[i])) or -1
end

-- Whether the record at KEYS[i] makes its token live: one that was issued after the mark.
local function is_live(i, mark)
  if redis.call('TYPE', KEYS[i]).ok ~= 'hash' then
    return false
  end
  local ctime = redis.call('HGET', KEYS[i], CTIME)
  return ctime and (tonumber(redis.call('HGET', KEYS[i], ORDER) or ctime) or 0) > mark
end

-- The score of the newest token in the index at KEYS[i]; -1 where it lists none.
local function newest(i)
  return tonumber(redis.call('ZRANGE', KEYS[i], -1, -1, 'WITHSCORES')[2]) or -1
end

-- Whether the index at KEYS[i] lists nothing but the tokens in ARGV from `first` on.
local function lists_only(i, first)
  local read = {}
  for n = first, #ARGV do
    read[ARGV[n]] = true
  end
  for _, token in ipairs(redis.call('ZRANGE', KEYS[i], 0, -1)) do
    if not read[token] then
      return false
    end
  end
  return true
end

-- The tokens in the index at KEYS[i] that were issued until the mark.
local function listed_until(i, mark)
  local found = {}
  local listed = redis.call('ZRANGE', KEYS[i], 0, -1, 'WITHSCORES')
  for n = 1, #listed, 2 do
    if tonumber(listed[n + 1]) <= mark then
      found[#found + 1] = listed[n]
    end
  end
  return found
end

-- Whether the index at KEYS[i] lists the token.
local function is_listed(i, token)
  for _, listed in ipairs(redis.call('ZRANGE', KEYS[i], 0, -1)) do
    if listed == token then
      return true
    end
  end
  return false
end

-- Makes the index at KEYS[i] live for `life` milliseconds at least: as long as its longest record.
-- -1 is for ever, -2 is no such key.
local function prolong(i, life)
  local left = redis.call('PTTL', KEYS[i])
  if left ~= -1 and left < life then
    redis.call('PEXPIRE', KEYS[i], text(life))
  end
end

-- Asks redis, by doing nothing that stays, for the rights that a change needs after it has begun:
-- redis would not undo what the change has done by then. KEYS[index] is an index, KEYS[absent] is
-- not there. ZREM comes first: a redis whose memory is full lets a script go on that has begun to
-- write. What needs memory itself must have asked for it before.
local function ask_for_rights(index, absent)
  redis.call('ZREM', KEYS[index], '')
  redis.call('DEL', KEYS[absent])
  redis.call('PEXPIRE', KEYS[absent], 1)
  redis.call('HEXISTS', KEYS[absent], ENDED)
  redis.call('HGET', KEYS[absent], ENDED)
  redis.call('PTTL', KEYS[absent])
  redis.call('TYPE', KEYS[absent])
  redis.call('HSET', KEYS[absent], ENDED, '')
  redis.call('DEL', KEYS[absent])
end

-- Writes the record of a new token at KEYS[i], which lives for `life` milliseconds, or, with `idle`
-- milliseconds, for that long after each use. `fields` are more fields and their values. Returns
-- when the token expires.
local function write_record(i, issued, now, life, idle, fields)
  local expires = text(now + life)
  redis.call('HSET', KEYS[i], CTIME, text(issued), VERSION, 2, EXPIRES, expires)
  for n = 1, #fields, 2 do
    redis.call('HSET', KEYS[i], fields[n], fields[n + 1])
  end
  if idle > 0 then
    redis.call('HSET', KEYS[i], SEEN, text(now))
    life = math.min(idle, life)
  end
  redis.call('PEXPIRE', KEYS[i], text(life))
  return expires
end

-- Notes that the token of the record at KEYS[i] was used: it lives for `idle` milliseconds more,
-- never past its end. Written at most once per tenth of `idle`.
local function touch(i, now, idle)
  local seen = tonumber(redis.call('HGET', KEYS[i], SEEN))
  if idle == 0 or (seen and now - seen < idle / 10) then
    return
  end
  local expires = redis.call('HGET', KEYS[i], EXPIRES)
  if not expires then
    -- It was issued without a limit: it expires when what is left of its life is over.
    local left = redis.call('PTTL', KEYS[i])
    if left >= 0 then
      expires = text(now + left)
      redis.call('HSET', KEYS[i], EXPIRES, expires)
    end
  end
  local ends = tonumber(expires or '')
  redis.call('HSET', KEYS[i], SEEN, text(now))
  redis.call('PEXPIRE', KEYS[i], text(ends and math.max(1, math.min(idle, ends - now)) or idle))
end

-- When the live token of the record at KEYS[i] expires, at the latest; '' where it never does.
local function expiry_of(i, now)
  local expires = redis.call('HGET', KEYS[i], EXPIRES)
  if expires then
    return expires
  end
  local left = redis.call('PTTL', KEYS[i])
  return left >= 0 and text(now + left) or ''
end

-- Says in the note at KEYS[i] why its session ended, for as long as the token would have lived,
-- whose expiry that is. The first reason counts.
local function write_end(i, reason, expires, now)
  if redis.call('HEXISTS', KEYS[i], ENDED) == 0 then
    local left, life = redis.call('PTTL', KEYS[i]), (tonumber(expires) or 0) - now
    redis.call('HSET', KEYS[i], ENDED, reason)
    redis.call('PEXPIRE', KEYS[i], text(math.max(left, life, 1)))
  end
end

-- The sessions that were ended: for each the reason, then its token.
local ended = {}

-- Ends the session of `token`, which lives, whose record is at KEYS[record] and whose note is at
-- the next key.
local function end_session(index, record, token, reason, now)
  local note, expires = record + 1, expiry_of(record, now)
  redis.call('DEL', KEYS[record])
  redis.call('ZREM', KEYS[index], token)
  write_end(note, reason, expires, now)
  ended[#ended + 1] = reason
  ended[#ended + 1] = token
end
