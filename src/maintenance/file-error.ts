import { explainFileError } from '../adapters/shared/file-errors.ts';

/** File, reason and remedy of an error of a file, in one line; undefined for other errors. */
export function describeFileError(error: Error): string | undefined {
  const explanation = explainFileError(error);
  if (explanation === undefined) return undefined;
  const { path, dest } = error as NodeJS.ErrnoException & { readonly dest?: string };
  const file = dest ?? path;
  // A write to an open file does not name it.
  return file === undefined ? `${error.message}: ${explanation}` : `${file}: ${explanation}`;
}
