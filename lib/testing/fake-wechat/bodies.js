'use strict';

// What a request's body says, read as WeChat reads it: by what it is, whatever Content-Type names,
// but for uploads.

const { refuse } = require('./replies');

/** `{ json }`, or the refusal of what is no object of JSON. */
function readJson({ body }) {
  if (!body) return { refusal: refuse(44002, 'empty post data', ' ') };
  try {
    const json = JSON.parse(body);
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return { json };
  } catch (_) {
    // It is no JSON.
  }
  return { refusal: refuse(47001, 'data format error', ' ') };
}

/** The bytes of a part of multipart/form-data by its name, or undefined. */
function readPart({ headers, bytes }, name) {
  const [, quoted, plain] =
    /^multipart\/form-data;.*?boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(headers['content-type']) ?? [];
  const boundary = quoted ?? plain;
  if (!boundary) return undefined;
  // In latin1 each byte is one character, so that what is cut out is the same bytes again.
  const parts = `\r\n${bytes.toString('latin1')}`.split(`\r\n--${boundary}`).slice(1, -1);
  for (const part of parts) {
    const end = part.indexOf('\r\n\r\n');
    if (
      end >= 0 &&
      new RegExp(`^content-disposition:.*;\\s*name="?${name}"?(;|\\s*$)`, 'im').test(part.slice(0, end))
    ) {
      return Buffer.from(part.slice(end + 4), 'latin1');
    }
  }
  return undefined;
}

module.exports = { readJson, readPart };
