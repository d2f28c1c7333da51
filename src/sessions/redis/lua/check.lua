-- Looks at a token's record and notes that the token was used.
-- KEYS: the record; ARGV: the idle limit in milliseconds, then the fields that are asked for, the
-- issue and the expiry first
-- Replies the record's type, then these fields where it is a hash.
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'hash' then
  return {kind}
end
local reply = {kind}
for n = 2, #ARGV do
  reply[n] = redis.call('HGET', KEYS[1], ARGV[n])
end
if reply[2] and reply[3] then
  -- A redis that takes no writes now, for want of memory say, still knows who is logged in.
  pcall(touch, 1, now_ms(), tonumber(ARGV[1]))
end
return reply
