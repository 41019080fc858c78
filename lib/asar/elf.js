'use strict';

/** Which libraries a shared object asks for, and where it looks: DT_NEEDED, DT_RPATH and DT_RUNPATH. */

const { endianness } = require('node:os');

const HEADER_SIZE = 64;
const SEGMENT_SIZE = 56;
const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const DT = { NEEDED: 1, STRTAB: 5, RPATH: 15, RUNPATH: 29 };

/** @param {Buffer} bytes of a 64-bit ELF file */
function segmentsOf(bytes) {
  const at = Number(bytes.readBigUInt64LE(32));
  const size = bytes.readUInt16LE(54);
  const count = size >= SEGMENT_SIZE ? bytes.readUInt16LE(56) : 0;
  return Array.from({ length: count }, (_, i) => {
    const start = at + i * size;
    const word = (offset) => Number(bytes.readBigUInt64LE(start + offset));
    const type = bytes.readUInt32LE(start);
    return { type, offset: word(8), address: word(16), size: word(32) };
  });
}

/** @returns {[number, number][]} tags and values */
function dynamicOf(bytes, { offset, size }) {
  const entries = [];
  for (let at = offset; at + 16 <= offset + size; at += 16) {
    const tag = Number(bytes.readBigInt64LE(at));
    if (tag === 0) break;
    entries.push([tag, Number(bytes.readBigUInt64LE(at + 8))]);
  }
  return entries;
}

function read(bytes) {
  const segments = segmentsOf(bytes);
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  const entries = dynamic ? dynamicOf(bytes, dynamic) : [];
  const address = entries.find(([tag]) => tag === DT.STRTAB)?.[1] ?? -1;
  const isThere = (it) =>
    it.type === PT_LOAD && address >= it.address && address < it.address + it.size;
  const loaded = segments.find(isThere);
  const text = (at) => {
    const start = loaded.offset + address - loaded.address + at;
    return bytes.toString('utf8', start, bytes.indexOf(0, start));
  };
  const all = (wanted) => entries.filter(([tag]) => tag === wanted).map(([, value]) => text(value));
  if (!loaded) return { needed: [], folders: [] };
  const folders = [...all(DT.RPATH), ...all(DT.RUNPATH)].flatMap((list) => list.split(':'));
  return { needed: all(DT.NEEDED), folders };
}

/**
 * @param {Buffer} bytes of any file
 * @returns {{ needed: string[], folders: string[] }} nothing for what is no shared object, or a damaged one
 */
function librariesOf(bytes) {
  const isKnown =
    bytes.length > HEADER_SIZE && bytes.toString('latin1', 0, 4) === '\x7fELF' && bytes[4] === 2;
  try {
    return isKnown && endianness() === 'LE' ? read(bytes) : { needed: [], folders: [] };
  } catch {
    return { needed: [], folders: [] }; // the loader says what is wrong with it
  }
}

module.exports = { librariesOf };
