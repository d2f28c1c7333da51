-- Marks the adoption as done, unless another walk began or a token of 1.3.2's was seen meanwhile.
-- KEYS: the marker; ARGV: this walk's name, the mark
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2])
end
return 0
