export interface Arguments {
  /** Where the figures go as JSON, beside the table. */
  readonly json: string | undefined;
  /** Names of the rows to run; undefined: all. */
  readonly only: readonly string[] | undefined;
}

export const USAGE = 'npm run bench -- [--json FILE] [--only NAME[,NAME...]]...';

/** The command line was not understood; the message says what was expected. */
export class UsageError extends Error {}

/** @throws UsageError */
export function parseArguments(given: readonly string[], names: readonly string[]): Arguments {
  let json: string | undefined;
  const only: string[] = [];
  for (let i = 0; i < given.length; i += 2) {
    const value = given[i + 1];
    if (value === undefined) throw new UsageError(`expected a value after ${given[i]}; ${USAGE}`);
    if (given[i] === '--json') json = value;
    else if (given[i] === '--only') only.push(...value.split(','));
    else throw new UsageError(`expected --json or --only, found ${given[i]}; ${USAGE}`);
  }
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new UsageError(`expected rows of ${names.join(', ')}; found ${unknown.join(', ')}`);
  }
  return { json, only: only.length > 0 ? only : undefined };
}
