import { closeSync, createReadStream, openSync, readSync } from 'node:fs';

import { CliError } from './cli-error.ts';
import { encodingOf, MARK_LENGTH } from './text-file.ts';

/** Node's code for bytes that are not of the encoding. */
const INVALID_BYTES = 'ERR_ENCODING_INVALID_ENCODED_DATA';

/**
 * The text of a file in pieces, so that a file of any size can be read: UTF-8, or UTF-16 with a
 * byte order mark, without the mark.
 * @throws CliError when the bytes are not of that encoding; errors of the file system.
 */
export async function* textPieces(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encodingOf(firstBytes(path)), { fatal: true });
  try {
    for await (const bytes of createReadStream(path)) {
      yield decoder.decode(bytes as Buffer, { stream: true });
    }
    yield decoder.decode();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== INVALID_BYTES) throw cause;
    throw new CliError(`expected UTF-8, or UTF-16 with a byte order mark, in ${path}`, { cause });
  }
}

function firstBytes(path: string): Buffer {
  const bytes = Buffer.alloc(MARK_LENGTH);
  const file = openSync(path, 'r');
  try {
    return bytes.subarray(0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}
