'use strict';

// A user store on PostgreSQL, with the package `pg`. Run CREATE_TABLE once, when you set up your database; then:
//
//   const pool = new Pool({ connectionString: process.env.DATABASE_URL, connectionTimeoutMillis: 5000 });
//   const auth = mpauthx(appId, secret, 'shop', postgresUsers(pool), redisPassword);
//
// The option `profile: true` fills the columns beside open_id, which otherwise stay empty. After `auth.close()`, end the pool.

// Ids are compared byte by byte. Your table may have other columns too.
const CREATE_TABLE = `CREATE TABLE users (
  open_id text COLLATE "C" PRIMARY KEY,
  city text, country text, gender bigint, language text, nick_name text, province text
)`;

const HAS = 'SELECT FROM users WHERE open_id = $1';

const FIELDS = ['city', 'country', 'gender', 'language', 'nickName', 'province'];

// One statement, so that it is right when two logins race. What WeChat did not say stays as it is.
const ADD = `INSERT INTO users (open_id, city, country, gender, language, nick_name, province)
  VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT (open_id) DO UPDATE SET
    city = coalesce(excluded.city, users.city),
    country = coalesce(excluded.country, users.country),
    gender = coalesce(excluded.gender, users.gender),
    language = coalesce(excluded.language, users.language),
    nick_name = coalesce(excluded.nick_name, users.nick_name),
    province = coalesce(excluded.province, users.province)`;

function postgresUsers(pool) {
  // A connection that the server ends while it is idle would end the process; the next statement gets another one.
  pool.on('error', () => {});
  return {
    async has(userId) {
      if (userId.includes('\0')) return false; // PostgreSQL refuses to compare with it
      return (await pool.query(HAS, [userId])).rowCount > 0;
    },
    async add(userId, profile) {
      await pool.query(ADD, [userId, ...FIELDS.map((field) => profile[field])]);
    },
  };
}

module.exports = { postgresUsers, CREATE_TABLE };
