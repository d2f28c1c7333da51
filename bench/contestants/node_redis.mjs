// What 1.3.2 asks with, as it asks: the whole hash.

import redis from 'node_redis';
import { settle } from './settle.mjs';

export async function open({ url }) {
  const client = redis.createClient(url);
  const check = (token) =>
    new Promise((resolve, reject) => {
      client.hgetall(token, (error, record) => settle(error, record?.ctime, resolve, reject));
    });
  return { check, close: () => new Promise((resolve) => client.quit(resolve)) };
}
