import { CliError } from './cli-error.ts';
import { readTextFile } from './text-file.ts';

/** Where a command may find its key, the first that is given. */
export interface KeyOptions {
  /** `--key`. Other users of the machine can see it among the processes. */
  readonly key?: string;
  readonly keyFile: string;
}

/** Whose key a command needs. The file of a first start has none of an admin. */
export type KeyRole = 'admin' | 'manager' | 'operator';

/** The variable that holds a key. */
export const KEY_VARIABLE = 'TILLSTREAM_KEY';

/**
 * The key of the flag, of the environment, or of a file: its only line, or the line of a role in
 * the file of a first start.
 * @throws CliError
 */
export function findKey(
  { key, keyFile }: KeyOptions,
  role: KeyRole,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const given = key ?? env[KEY_VARIABLE]?.trim();
  return given !== undefined && given !== '' ? given : readKeyFile(keyFile, role);
}

export function readKeyFile(path: string, role: KeyRole): string {
  let text: string;
  try {
    text = readTextFile(path).trim();
  } catch (cause) {
    const others = `or give --key or ${KEY_VARIABLE}`;
    throw new CliError(`expected an API key in ${path} (${others}), found no such file`, { cause });
  }
  const roleLine = text.split('\n').find((line) => line.startsWith(`${role} `));
  const onlyKey = /^\S+$/.test(text) ? text : undefined;
  const key = roleLine?.slice(role.length + 1).trim() ?? onlyKey;
  if (key === undefined) throw new CliError(`expected one API key in ${path}`);
  return key;
}
