'use strict';

// Hundreds of thousands of tokens in a redis, written and checked by scripts in the server itself,
// a slice at a time.

const SLICE = 10000;

/**
 * Calls `slice(from, to)` until all of 1 to `count` have had their turn, and gives the sums of the
 * numbers that it replies.
 */
async function inSlices(count, slice) {
  const sums = [];
  for (let from = 1; from <= count; from += SLICE) {
    const numbers = await slice(from, Math.min(count, from + SLICE - 1));
    for (const [i, number] of numbers.entries()) sums[i] = (sums[i] || 0) + number;
  }
  return sums;
}

const TOKEN = `
  local function user(i) return 'u' .. (i % tonumber(ARGV[3])) end
  local function token(i) return user(i) .. '|' .. ARGV[4] .. '|' .. string.format('%064x', i) end`;

/**
 * Writes `count` tokens of `users` users as 1.3.2 does. One in a thousand has no end: its crash
 * between HMSET and EXPIRE.
 */
function writeTokens(redis, count, users, sku) {
  const script = `${TOKEN}
    for i = tonumber(ARGV[1]), tonumber(ARGV[2]) do
      redis.call('HSET', token(i), 'ctime', 1700000000000 + i)
      if i % 1000 ~= 0 then redis.call('EXPIRE', token(i), 200000 + i % 50000) end
    end
    return {}`;
  return inSlices(count, (from, to) => redis.eval(script, 0, from, to, users, sku));
}

/**
 * Of those tokens: how many have a record, how many are marked as listed, and how many their user's
 * index lists.
 */
async function countTokens(redis, count, users, sku) {
  const script = `${TOKEN}
    local live, marked, listed = 0, 0, 0
    for i = tonumber(ARGV[1]), tonumber(ARGV[2]) do
      local fields = redis.call('HMGET', token(i), 'ctime', 'v')
      if fields[1] == tostring(1700000000000 + i) or fields[1] == string.format('%.0f', 1700000000000 + i) then live = live + 1 end
      if fields[2] == '2' then marked = marked + 1 end
      local index = 'mpauthx:{u:' .. user(i) .. '|' .. ARGV[4] .. '}'
      local lives = redis.call('PTTL', index)
      local outlives = lives == -1 or lives >= redis.call('PTTL', token(i)) and redis.call('PTTL', token(i)) ~= -1
      if redis.call('ZSCORE', index, token(i)) and outlives then listed = listed + 1 end
    end
    return {live, marked, listed}`;
  const [live, marked, listed] = await inSlices(count, (from, to) => redis.eval(script, 0, from, to, users, sku));
  return { live, marked, listed };
}

/** How many tokens the indexes of those users list, all together. */
async function countListed(redis, users, sku) {
  const script = `
    local listed = 0
    for i = tonumber(ARGV[1]), tonumber(ARGV[2]) do
      listed = listed + redis.call('ZCARD', 'mpauthx:{u:u' .. (i - 1) .. '|' .. ARGV[3] .. '}')
    end
    return {listed}`;
  const [listed] = await inSlices(users, (from, to) => redis.eval(script, 0, from, to, sku));
  return listed;
}

module.exports = { writeTokens, countTokens, countListed };
