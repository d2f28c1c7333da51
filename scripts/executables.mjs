// What an executable says of itself: a library of macOS' (Mach-O) or of Windows' (PE). Sources:
// Apple's mach-o/loader.h and mach-o/nlist.h, Microsoft's page on the PE format.

import { readFileSync } from 'node:fs';

const MACHO_64 = 0xfeedfacf;
const CPUS = { 16777223: 'x64', 16777228: 'arm64' };
const [SYMTAB, LOAD_DYLIB, ID_DYLIB, CODE_SIGNATURE, BUILD_VERSION] = [0x02, 0x0c, 0x0d, 0x1d, 0x32];

/** `n_type` of a symbol that is defined elsewhere. */
const [TYPE, UNDEFINED, EXTERNAL] = [0x0e, 0x00, 0x01];

/** `{ cpu, minimum, name, libraries, isSigned, undefined }` of a Mach-O library. */
export function readMachO(file) {
  const bytes = readFileSync(file);
  if (bytes.readUInt32LE(0) !== MACHO_64) throw new Error(`${file} is no Mach-O library`);
  const found = { cpu: CPUS[bytes.readUInt32LE(4)], libraries: [], isSigned: false, undefined: [] };
  let at = 32;
  for (let left = bytes.readUInt32LE(16); left > 0; left -= 1) {
    const [command, size] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
    const named = () => text(bytes, at + bytes.readUInt32LE(at + 8));
    if (command === BUILD_VERSION) found.minimum = version(bytes.readUInt32LE(at + 12));
    if (command === ID_DYLIB) found.name = named();
    if (command === LOAD_DYLIB) found.libraries.push(named());
    if (command === CODE_SIGNATURE) found.isSigned = true;
    if (command === SYMTAB) found.undefined = undefinedIn(bytes, at);
    at += size;
  }
  return found;
}

function undefinedIn(bytes, at) {
  const [symbols, count, strings] = [8, 12, 16].map((offset) => bytes.readUInt32LE(at + offset));
  const names = [];
  for (let i = 0; i < count; i += 1) {
    const symbol = symbols + 16 * i;
    const type = bytes[symbol + 4];
    const isUndefined = (type & TYPE) === UNDEFINED && (type & EXTERNAL) !== 0;
    if (isUndefined) names.push(text(bytes, strings + bytes.readUInt32LE(symbol)));
  }
  return names;
}

/** Major and minor. */
function version(number) {
  return `${number >> 16}.${(number >> 8) & 0xff}`;
}

/** `{ cpu, libraries }` of a library of Windows'. */
export function readPortableExecutable(file) {
  const bytes = readFileSync(file);
  const header = bytes.readUInt32LE(0x3c);
  if (bytes.toString('latin1', header, header + 4) !== 'PE\0\0') throw new Error(`${file} is no library of Windows'`);
  const cpu = { 34404: 'x64', 43620: 'arm64' }[bytes.readUInt16LE(header + 4)];
  const sections = sectionsOf(bytes, header);
  const offset = (address) => {
    const section = sections.find(({ start, size }) => address >= start && address < start + size);
    return address - section.start + section.at;
  };
  const libraries = [];
  // The directory of imports is the second one, and each of its entries has 20 bytes.
  for (let entry = offset(bytes.readUInt32LE(header + 24 + 120)); bytes.readUInt32LE(entry + 12) !== 0; entry += 20) {
    libraries.push(text(bytes, offset(bytes.readUInt32LE(entry + 12))));
  }
  return { cpu, libraries };
}

function sectionsOf(bytes, header) {
  const first = header + 24 + bytes.readUInt16LE(header + 20);
  return Array.from({ length: bytes.readUInt16LE(header + 6) }, (_, i) => {
    const at = first + 40 * i;
    return { size: bytes.readUInt32LE(at + 8), start: bytes.readUInt32LE(at + 12), at: bytes.readUInt32LE(at + 20) };
  });
}

/** Text that ends with a zero. */
function text(bytes, start) {
  return bytes.toString('latin1', start, bytes.indexOf(0, start));
}
