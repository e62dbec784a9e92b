import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  statSync,
} from 'node:fs';

/** Files and folders of an installation hold sales and keys: only their owner may read them. */
export const PRIVATE_FILE = 0o600;
export const PRIVATE_FOLDER = 0o700;
const OTHERS = 0o077;
const STICKY = 0o1000;

/**
 * Creates a file that only its owner may read, whatever the umask. An existing one is not opened:
 * to close any descriptor of a database file releases all locks that this process holds on it, and
 * another process that closes its connection then removes the write-ahead log in use.
 * @throws the error of the system when it cannot be created, or is there and cannot be used.
 */
export function createPrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'ax', PRIVATE_FILE));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    // A symbolic link to a file that is not there yet: nothing has that open.
    if (!existsSync(path)) closeSync(openSync(path, 'a', PRIVATE_FILE));
    accessSync(path, constants.R_OK | constants.W_OK);
    if (statSync(path).isDirectory()) throw Object.assign(new Error(path), { code: 'EISDIR' });
  }
}

/** What became of a file or folder that other users could read. */
export type Tightened =
  | { readonly outcome: 'private' | 'missing' }
  | { readonly outcome: 'tightened'; readonly before: string }
  | { readonly outcome: 'open'; readonly before: string; readonly reason: string };

/**
 * Takes the rights of group and others from a file or folder. A folder with the sticky bit, such as
 * /tmp, is shared on purpose and left alone. Never fails: the owner may be another user.
 */
export function tighten(path: string): Tightened {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return { outcome: 'missing' };
  const mode = found.mode & 0o7777;
  if ((mode & OTHERS) === 0) return { outcome: 'private' };
  const before = (mode & 0o777).toString(8);
  if (found.isDirectory() && (mode & STICKY) !== 0) {
    return { outcome: 'open', before, reason: 'it is shared by all users' };
  }
  try {
    chmodSync(path, mode & ~OTHERS);
    return { outcome: 'tightened', before };
  } catch (error) {
    return { outcome: 'open', before, reason: (error as NodeJS.ErrnoException).code ?? '' };
  }
}
