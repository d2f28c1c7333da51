-- Looks at a token's record and notes that the token was used.
-- KEYS: the record; ARGV: the idle limit in milliseconds
-- Replies the record's type, then its issue, version and expiry where it is a hash.
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'hash' then
  return {kind, false, false, false}
end
local fields = redis.call('HMGET', KEYS[1], CTIME, VERSION, EXPIRES)
if fields[1] and fields[2] then
  -- A redis that takes no writes now, for want of memory say, still knows who is logged in.
  pcall(touch, 1, now_ms(), tonumber(ARGV[1]))
end
return {kind, fields[1], fields[2], fields[3]}
