-- What several scripts need; put in front of each. Times are Unix milliseconds of redis' own clock.

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function text(number)
  return string.format('%.0f', number)
end

local function is_live(record)
  return redis.call('TYPE', record).ok == 'hash' and redis.call('HEXISTS', record, 'ctime') == 1
end

-- Whether the index lists exactly the tokens in ARGV from `first` on, whose records are the keys from `first_key` on.
local function lists(index, first_key, first)
  local listed = redis.call('ZRANGE', index, 0, -1)
  if #listed ~= #KEYS - first_key + 1 then
    return false
  end
  for i = 1, #listed do
    if listed[i] ~= ARGV[first + i - 1] then
      return false
    end
  end
  return true
end

-- Lists a token; the index lives as long as its longest record. -1 is for ever, -2 is no such key.
local function list(index, token, now, life)
  local left = redis.call('PTTL', index)
  redis.call('ZADD', index, text(now), token)
  if left ~= -1 and left < life * 1000 then
    redis.call('PEXPIRE', index, text(life * 1000))
  end
end

-- Asks redis, by doing nothing, for the rights that a change needs after it has begun: what it has done then, redis would not undo.
-- `record` is the name of a new one. Not before ZADD or SET has asked for memory, for redis asks only those that write first.
local function ask_for_rights(index, record)
  redis.call('ZREM', index, '')
  redis.call('DEL', record)
  redis.call('PEXPIRE', record, 1)
end

-- Writes the record of a new token, which lives for `life` seconds, or, with `idle` milliseconds, for that long after each use.
-- `notes` are more fields and their values.
local function put(record, now, life, idle, notes)
  redis.call('HSET', record, 'ctime', text(now), 'v', 2)
  if #notes > 0 then
    redis.call('HSET', record, unpack(notes))
  end
  if idle > 0 then
    redis.call('HSET', record, 'x', text(now + life * 1000), 'seen', text(now))
    redis.call('PEXPIRE', record, text(math.min(idle, life * 1000)))
  else
    redis.call('PEXPIRE', record, text(life * 1000))
  end
end

-- Notes that a token was used: it lives for `idle` milliseconds more, never past its end. Written at most once per tenth of `idle`.
local function touch(record, now, idle)
  local seen = tonumber(redis.call('HGET', record, 'seen'))
  if idle == 0 or (seen and now - seen < idle / 10) then
    return
  end
  local ends = tonumber(redis.call('HGET', record, 'x'))
  if not ends then
    -- It was issued without a limit: what is left of its life is its end.
    local left = redis.call('PTTL', record)
    if left >= 0 then
      ends = now + left
      redis.call('HSET', record, 'x', text(ends))
    end
  end
  redis.call('HSET', record, 'seen', text(now))
  redis.call('PEXPIRE', record, text(ends and math.max(1, math.min(idle, ends - now)) or idle))
end

-- When a live token ends, at the latest; false where it does not.
local function end_of(record, now)
  local ends = redis.call('HGET', record, 'x')
  if ends then
    return ends
  end
  local left = redis.call('PTTL', record)
  return left >= 0 and text(now + left)
end
