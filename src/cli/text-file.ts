import { readFileSync } from 'node:fs';

/** Encodings that a byte order mark names. Windows tools write both, often without being asked. */
const MARKS = [
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
] as const;

/**
 * The text of a file in UTF-8, or in UTF-16 with a byte order mark, without the mark.
 * @throws TypeError when the bytes are not of that encoding; errors of the file system.
 */
export function readTextFile(path: string): string {
  const bytes = readFileSync(path);
  const marked = MARKS.find((mark) => mark.bytes.every((byte, i) => bytes[i] === byte));
  return new TextDecoder(marked?.encoding ?? 'utf-8', { fatal: true }).decode(bytes);
}
