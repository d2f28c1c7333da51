'use strict';

// A user store on MySQL or MariaDB, with the package `mysql2`. Run CREATE_TABLE once, when you set up your database; then:
//
//   const pool = mysql.createPool(process.env.DATABASE_URL); // of require('mysql2/promise')
//   const auth = mpauthx(appId, secret, 'shop', mysqlUsers(pool), redisPassword);
//
// The option `profile: true` fills the columns beside open_id, which otherwise stay empty. After `auth.close()`, end the pool.

// Ids are bytes, not text: the usual collations take `User1`, `user1` and `User1 ` for one. To read them: CONVERT(open_id USING utf8mb4).
// Your table may have other columns too.
const CREATE_TABLE = `CREATE TABLE users (
  open_id VARBINARY(255) PRIMARY KEY,
  city TEXT, country TEXT, gender BIGINT, language TEXT, nick_name TEXT, province TEXT
) CHARACTER SET utf8mb4`;

const HAS = 'SELECT 1 FROM users WHERE open_id = ?';

const FIELDS = ['city', 'country', 'gender', 'language', 'nickName', 'province'];

// One statement, so that it is right when two logins race. What WeChat did not say stays as it is.
const ADD = `INSERT INTO users (open_id, city, country, gender, language, nick_name, province)
  VALUES (?, ?, ?, ?, ?, ?, ?)
  ON DUPLICATE KEY UPDATE
    city = COALESCE(VALUES(city), city),
    country = COALESCE(VALUES(country), country),
    gender = COALESCE(VALUES(gender), gender),
    language = COALESCE(VALUES(language), language),
    nick_name = COALESCE(VALUES(nick_name), nick_name),
    province = COALESCE(VALUES(province), province)`;

function mysqlUsers(pool) {
  return {
    async has(userId) {
      const [rows] = await pool.execute(HAS, [Buffer.from(userId)]);
      return rows.length > 0;
    },
    async add(userId, profile) {
      await pool.execute(ADD, [Buffer.from(userId), ...FIELDS.map((field) => profile[field] ?? null)]);
    },
  };
}

module.exports = { mysqlUsers, CREATE_TABLE };
