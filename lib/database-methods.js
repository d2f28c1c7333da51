'use strict';

// The methods `all` and `run` of a database, which answer in a way of their own: 1.3.2's databases
// call back, others return the answer or a promise for it. Which it is shows in their answers.

const CALLBACK = 'callback';
const RETURN = 'return';

/** What drivers say of an argument that they do not take. */
const ARGUMENT = /\b(bind|binding|bound|param|params|parameters?|arguments?|iterable)\b/i;

class DatabaseMethods {
  /**
   * @param argumentsOf what a method gets for a request, in front of the callback
   * @param way         how the methods answer; undefined until one has
   */
  constructor(db, argumentsOf, way) {
    this.db = db;
    this.argumentsOf = argumentsOf;
    this.way = way;
  }

  /** Puts a request to the database, and returns a promise for the reply. */
  async ask(request) {
    const { method } = request;
    return replyOf(method, await (this.way === RETURN ? this.call(request) : this.askEitherWay(request)));
  }

  call(request, ...callback) {
    return this.db[request.method](...this.argumentsOf(request), ...callback);
  }

  /** Passes a callback. It counts what comes first: the callback's call, or an answer returned. */
  askEitherWay(request) {
    const { method } = request;
    const methods = this;
    return new Promise((resolve, reject) => {
      // The sqlite3 package tells by the callback's `this` how many rows a statement has changed.
      function callback(error, rows) {
        methods.way = methods.way || CALLBACK;
        if (error) reject(error);
        else resolve(method === 'run' ? this : rows);
      }
      const answer = (result) => {
        this.way = this.way || RETURN;
        resolve(result);
      };
      const fail = (error) => {
        if (this.way || !blamesArgument(error)) reject(error);
        else this.askAgain(request, error).then(answer, reject);
      };
      const look = async (result) => {
        // A promise of `run` is often for nothing, and so is one of a method that will call back.
        if (isAnswer(method, result) || (method === 'run' && (await this.learn()) === RETURN)) answer(result);
      };
      try {
        const returned = this.call(request, callback);
        if (isThenable(returned)) returned.then(look).then(undefined, fail);
        else if (this.way !== CALLBACK && isAnswer(method, returned)) answer(returned);
      } catch (error) {
        fail(error);
      }
    });
  }

  /** Calls without a callback, which may be what `error` is about. */
  async askAgain(request, error) {
    try {
      const result = await this.call(request);
      if (request.method === 'run' || isAnswer(request.method, result)) return result;
    } catch (next) {
      if (Object(next).name !== 'TypeError') throw next; // else it misses the callback
    }
    throw error;
  }

  /** How the methods answer, by the answer to a statement that does nothing. */
  async learn() {
    if (!this.way) await this.ask({ method: 'all', sql: 'SELECT 1', values: [] });
    return this.way;
  }
}

/** Whether what a method returned is the answer: rows, or what `run` tells about them. */
function isAnswer(method, result) {
  return method === 'run' ? changesOf(result) !== undefined : Array.isArray(result);
}

/** Whether a failure may be about the callback, which a database that takes none cannot bind. */
function blamesArgument(error) {
  try {
    const { name, code, message } = Object(error);
    return name === 'TypeError' || name === 'RangeError' || code === 'SQLITE_RANGE' || ARGUMENT.test(`${message}`);
  } catch (_) {
    return false;
  }
}

function isThenable(value) {
  return value !== null && value !== undefined && typeof value.then === 'function';
}

/** How many rows `run` has changed; undefined where its result does not tell. */
function changesOf(result) {
  const changes = result === null || result === undefined ? undefined : result.changes;
  return typeof changes === 'number' || typeof changes === 'bigint' ? Number(changes) : undefined;
}

/**
 * The reply to a statement. `all` replies with what each row has under `name` (for a row about a
 * column, the column's name), `run` with one text where it has changed rows or does not tell.
 */
function replyOf(method, result) {
  if (method === 'run') return changesOf(result) === 0 ? [] : [''];
  return Array.from(result || [], (row) => (row && typeof row.name === 'string' ? row.name : ''));
}

module.exports = { DatabaseMethods, RETURN, isThenable, replyOf };
