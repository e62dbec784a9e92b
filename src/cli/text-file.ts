import { readFileSync } from 'node:fs';

/** Encodings that a byte order mark names. Windows tools write both, often without being asked. */
const MARKS = [
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
] as const;

/** Bytes of the longest mark. */
export const MARK_LENGTH = 2;

/** The encoding of a file that begins with these bytes. */
export function encodingOf(bytes: Uint8Array): string {
  const marked = MARKS.find((mark) => mark.bytes.every((byte, i) => bytes[i] === byte));
  return marked?.encoding ?? 'utf-8';
}

/**
 * The text of a file in UTF-8, or in UTF-16 with a byte order mark, without the mark.
 * @throws TypeError when the bytes are not of that encoding; errors of the file system.
 */
export function readTextFile(path: string): string {
  const bytes = readFileSync(path);
  return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
}
