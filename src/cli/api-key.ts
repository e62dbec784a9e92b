import { readFileSync } from 'node:fs';

import { CliError } from './import-orders.ts';

/**
 * A key from a file: one that stands alone, or the manager's of the file that a first start writes.
 * @throws CliError
 */
export function readKeyFile(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new CliError(`expected an API key in ${path} (or give --key), found no such file`, {
      cause,
    });
  }
  const key = /^manager (\S+)$/m.exec(text)?.[1] ?? (/^\S+$/.test(text) ? text : undefined);
  if (key === undefined) throw new CliError(`expected one API key in ${path}`);
  return key;
}
