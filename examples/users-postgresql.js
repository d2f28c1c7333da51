'use strict';

// A user store on PostgreSQL, with the package `pg`. Run CREATE_TABLE once, when you set up your
// database; then:
//
//   const connectionString = process.env.DATABASE_URL;
//   const pool = new Pool({ connectionString, connectionTimeoutMillis: 5000 });
//   const auth = mpauthx(appId, secret, 'shop', postgresUsers(pool), redisPassword);
//
// After `auth.close()`, end the pool.

// Ids are compared byte by byte. Your table may have other columns too.
const CREATE_TABLE = `CREATE TABLE users (
  open_id text COLLATE "C" PRIMARY KEY
)`;

const HAS = 'SELECT FROM users WHERE open_id = $1';

// One statement, so that it is right when two logins race.
const ADD = 'INSERT INTO users (open_id) VALUES ($1) ON CONFLICT (open_id) DO NOTHING';

const REMOVE = 'DELETE FROM users WHERE open_id = $1';

function postgresUsers(pool) {
  // Without a listener, the process would end when the server closes an idle connection. The next
  // statement opens another one.
  pool.on('error', () => {});
  return {
    async has(userId) {
      if (userId.includes('\0')) return false; // PostgreSQL refuses to compare with it
      return (await pool.query(HAS, [userId])).rowCount > 0;
    },
    async add(userId) {
      await pool.query(ADD, [userId]);
    },
    async remove(userId) {
      if (!userId.includes('\0')) await pool.query(REMOVE, [userId]);
    },
  };
}

module.exports = { postgresUsers, CREATE_TABLE };
