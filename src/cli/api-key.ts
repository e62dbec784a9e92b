import { CliError } from './cli-error.ts';
import { readTextFile } from './text-file.ts';

/**
 * A key from a file: one that stands alone, or that of a role from the file of a first start.
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
  const ofRole = text.split('\n').find((line) => line.startsWith(`${role} `));
  const alone = /^\S+$/.test(text) ? text : undefined;
  const key = ofRole?.slice(role.length + 1).trim() ?? alone;
  if (key === undefined) throw new CliError(`expected one API key in ${path}`);
  return key;
}
