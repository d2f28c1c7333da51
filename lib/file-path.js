'use strict';

// The path of a SQLite file, as an application may give it.

const path = require('path');

/** The path that text or a `file:` URL names; undefined where `value` is neither. */
function readPath(value, name) {
  const isUrl = typeof value === 'object' && value !== null && value.protocol === 'file:';
  const text = isUrl ? value.href : value;
  if (typeof text !== 'string') return undefined;
  if (text === '' || text === ':memory:') throw new TypeError(`${name}: this is no file; give the path of one`);
  return absolute(text.startsWith('file:') ? uriPath(text, name) : text);
}

/**
 * The path in a URI as SQLite reads it: `file:users.db` is relative. Source: SQLite's page on URI
 * filenames.
 */
function uriPath(uri, name) {
  const [, host = '', encoded, query = ''] = /^file:(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?/.exec(uri);
  if (host !== '' && host !== 'localhost') throw new TypeError(`${name}: a file: URI cannot name another host`);
  if (query !== '' && query !== 'mode=rw') {
    throw new TypeError(`${name}: of the parameters of file: URIs only mode=rw is supported`);
  }
  let decoded = '';
  try {
    decoded = decodeURIComponent(encoded);
  } catch (_) {
    // It is not UTF-8, so it is no path.
  }
  if (decoded === '' || decoded === ':memory:' || decoded.includes('\0'))
    throw new TypeError(`${name}: this file: URI names no file`);
  return process.platform === 'win32' ? decoded.replace(/^\/(?=[A-Za-z]:)/, '') : decoded;
}

/** Not `path.resolve`: it shortens `link/..` as text, while the system follows the link. */
function absolute(file) {
  return path.isAbsolute(file) ? file : process.cwd() + path.sep + file;
}

module.exports = { absolute, readPath };
