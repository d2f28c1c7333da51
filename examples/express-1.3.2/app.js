'use strict';

// An application as they were written for mpauthx 1.3.2: Express, body-parser, and one sqlite3
// handle for the application's own queries and for mpauthx. Nothing in it is new with 2.0.0.

const express = require('express');
const bodyParser = require('body-parser');
const sqlite3 = require('sqlite3');
const mpauthx = require('mpauthx');

const { APP_ID, APP_SECRET, REDIS_PASSWORD, DATABASE = 'app.db', PORT = '3000' } = process.env;

const db = new sqlite3.Database(DATABASE);
db.serialize(() => {
  db.run(`CREATE TABLE IF NOT EXISTS user (
    openId TEXT PRIMARY KEY NOT NULL, city TEXT, country TEXT, gender INTEGER, language TEXT, nickName TEXT, province TEXT
  )`);
  db.run('CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, openId TEXT NOT NULL, text TEXT NOT NULL)');
});

const auth = mpauthx(APP_ID, APP_SECRET, 'shop', db, REDIS_PASSWORD);
const { userNotExistInDB, databaseRelatedError } = auth.constants.statusCode;

const app = express();
app.use(bodyParser.json());

app.post('/login', (req, res) => {
  const { code, encryptedData, iv } = req.body;
  auth.authorize(code, encryptedData, iv).then(
    (result) => res.json(result),
    (error) => res.status(statusOf(error)).json({ status_code: error.code, status_message: error.message }),
  );
});

/** Lets a request pass whose token is live, and notes whose it is. */
function loggedIn(req, res, next) {
  const token = req.get('token');
  auth.isTokenValid(token).then(
    () => {
      req.openId = auth.extractOpenId(token);
      next();
    },
    // An Error here means that redis cannot be asked; 1.3.2 had none.
    (error) => res.status(error ? 503 : 401).end(),
  );
}

app.post('/refresh', loggedIn, (req, res) => {
  auth.refreshToken(req.openId).then(
    (result) => res.json(result),
    (error) => res.status(error.code === userNotExistInDB ? 404 : statusOf(error)).end(),
  );
});

app.post('/notes', loggedIn, (req, res, next) => {
  db.run('INSERT INTO note (openId, text) VALUES (?, ?)', [req.openId, req.body.text], (error) => {
    if (error) next(error);
    else res.status(201).end();
  });
});

app.get('/notes', loggedIn, (req, res, next) => {
  db.all('SELECT text FROM note WHERE openId = ? ORDER BY id', [req.openId], (error, rows) => {
    if (error) next(error);
    else res.json(rows.map(({ text }) => text));
  });
});

function statusOf(error) {
  return error.code === databaseRelatedError ? 503 : 401;
}

const server = app.listen(Number(PORT), '127.0.0.1', () => console.log(`listening on ${server.address().port}`));

process.on('SIGINT', () => {
  server.close(() => {
    auth.close();
    db.close((error) => process.exit(error ? 1 : 0));
  });
});
