import { UpstreamError } from '../../domain/kernel/errors.ts';

/** What went wrong with a file, by the beginning of the code of Node or of SQLite. */
const EXPLANATIONS: readonly (readonly [codes: RegExp, text: string])[] = [
  [/^(ENOSPC|EDQUOT|SQLITE_FULL)/, 'the disk is full: free space on it'],
  [
    /^(EACCES|EPERM|SQLITE_PERM|SQLITE_AUTH)/,
    'no permission: give it to the user that runs Tillstream (chown)',
  ],
  [
    /^(EROFS|SQLITE_READONLY)/,
    'it is read-only: make it writable (mount option, chmod u+w, or chown)',
  ],
  [/^EISDIR/, 'expected a file, found a folder: move it away'],
  [/^(ENOTDIR|EEXIST)/, 'expected a folder, found a file: move it away'],
  [/^ENOENT/, 'it does not exist'],
  [/^(EMFILE|ENFILE)/, 'too many open files: raise the limit (ulimit -n)'],
  [/^(EIO|SQLITE_IOERR)/, 'the disk reports an error: check it (dmesg), then restore a backup'],
  [/^SQLITE_(BUSY|LOCKED)/, 'another process has it locked: stop that process'],
  [/^SQLITE_CANTOPEN/, 'it cannot be opened: check its owner, its mode and its folder'],
];

/** SQLite's primary result codes about files (https://www.sqlite.org/rescode.html). */
const SQLITE_CODES: Readonly<Record<number, string>> = {
  3: 'SQLITE_PERM',
  5: 'SQLITE_BUSY',
  6: 'SQLITE_LOCKED',
  8: 'SQLITE_READONLY',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  23: 'SQLITE_AUTH',
  26: 'SQLITE_NOTADB',
};
/** No room for the index of the write-ahead log, reported as an I/O error. */
const IOERR_SHMSIZE = 4874;

/** The code of an error of Node or of SQLite; '' for any other error. */
export function codeOf(error: unknown): string {
  const { code, rawCode } = error as { readonly code?: unknown; readonly rawCode?: unknown };
  if (rawCode === IOERR_SHMSIZE) return 'SQLITE_FULL';
  // The driver does not know the names of all extended codes; the last byte is the primary code.
  const named = typeof rawCode === 'number' ? SQLITE_CODES[rawCode & 0xff] : undefined;
  if (named !== undefined) return named;
  if (typeof code === 'string' && code !== '') return code;
  // It reports a failed open as text with SQLite's number.
  const [, number] = /^ConnectionFailed\(.*: (\d+)"\)$/.exec(messageOf(error)) ?? [];
  return SQLITE_CODES[Number(number) & 0xff] ?? '';
}

/** Whether SQLite found that the content of a file cannot be right. */
export function isDamage(error: unknown): boolean {
  return /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error));
}

/** The reason and the remedy in one line; undefined when it is no error of a file. */
export function explainFileError(error: unknown): string | undefined {
  const code = codeOf(error);
  if (code === '') return undefined;
  const known = EXPLANATIONS.find(([codes]) => codes.test(code));
  if (known) return known[1];
  if (isDamage(error)) return `it is damaged (${messageOf(error)})`;
  return code.startsWith('SQLITE_') ? messageOf(error) : undefined;
}

/** Names the file, the reason and the remedy. Errors that are not about files stay as they are. */
export function withFileName(path: string, error: unknown): unknown {
  if (error instanceof UpstreamError) return error;
  const explanation = explainFileError(error);
  if (explanation === undefined) return error;
  return new UpstreamError('store_unavailable', `${path}: ${explanation}`, { path }, error);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
