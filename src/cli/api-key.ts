import { CliError } from './cli-error.ts';
import { readTextFile } from './text-file.ts';

/**
 * Reads a key from a file: its only line, or the line of a role in the file of a first start.
 * @throws CliError
 */
export function readKeyFile(path: string, role: 'manager' | 'operator'): string {
  let text: string;
  try {
    text = readTextFile(path).trim();
  } catch (cause) {
    throw new CliError(`expected an API key in ${path} (or give --key), found no such file`, {
      cause,
    });
  }
  const roleLine = text.split('\n').find((line) => line.startsWith(`${role} `));
  const onlyKey = /^\S+$/.test(text) ? text : undefined;
  const key = roleLine?.slice(role.length + 1).trim() ?? onlyKey;
  if (key === undefined) throw new CliError(`expected one API key in ${path}`);
  return key;
}
