-- What a token without a record is to its session.
-- KEYS: the session's note; ARGV: the token's secret
-- Replies {} where there is no note, else {'ended', why}, {'current', its expiry}, {'past', the
-- secret of the current token} or {'grace', that secret, its expiry, the end of the grace}.
local note = redis.call('HMGET', KEYS[1], ENDED, CURRENT, CURRENT_EXPIRES, GRACE)
if note[1] then
  return {'ended', note[1]}
end
if not note[2] then
  return {}
end
if note[2] == ARGV[1] then
  return {'current', note[3] or ''}
end
local now = now_ms()
for secret, ends in string.gmatch(note[4] or '', '(%x+):(%d+)') do
  if secret == ARGV[1] and tonumber(ends) > now then
    return {'grace', note[2], note[3] or '', ends}
  end
end
return {'past', note[2]}
