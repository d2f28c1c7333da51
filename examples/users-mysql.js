'use strict';

// A user store on MySQL or MariaDB, with the package `mysql2`. Run CREATE_TABLE once, when you set
// up your database; then:
//
//   const pool = mysql.createPool(process.env.DATABASE_URL); // of require('mysql2/promise')
//   const auth = mpauthx(appId, secret, 'shop', mysqlUsers(pool), redisPassword);
//
// After `auth.close()`, end the pool.

// Ids are bytes, not text: the usual collations take `User1`, `user1` and `User1 ` for one. To read
// them: CONVERT(open_id USING utf8mb4). Your table may have other columns too.
const CREATE_TABLE = `CREATE TABLE users (
  open_id VARBINARY(255) PRIMARY KEY
) CHARACTER SET utf8mb4`;

const HAS = 'SELECT 1 FROM users WHERE open_id = ?';

// One statement, so that it is right when two logins race. INSERT IGNORE would also hide errors.
const ADD = 'INSERT INTO users (open_id) VALUES (?) ON DUPLICATE KEY UPDATE open_id = open_id';

const REMOVE = 'DELETE FROM users WHERE open_id = ?';

function mysqlUsers(pool) {
  return {
    async has(userId) {
      const [rows] = await pool.execute(HAS, [Buffer.from(userId)]);
      return rows.length > 0;
    },
    async add(userId) {
      await pool.execute(ADD, [Buffer.from(userId)]);
    },
    async remove(userId) {
      await pool.execute(REMOVE, [Buffer.from(userId)]);
    },
  };
}

module.exports = { mysqlUsers, CREATE_TABLE };
