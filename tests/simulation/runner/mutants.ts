import { mutants } from '../mutants/index.ts';
import type { Mutant } from '../mutants/mutant.ts';
import { createPool, type Pool } from './pool.ts';

/** A mutant that no checker has found after so many seeds has got away. */
const MOST_SEEDS = 500;

interface Caught {
  readonly mutant: Mutant;
  /** How many seeds it took; undefined when it got away. */
  readonly seeds: number | undefined;
  readonly seed: number;
  readonly rule: string;
}

/** Seeds in order, so that the count does not depend on how many cores there are. */
async function hunt(mutant: Mutant, from: number, pool: Pool): Promise<Caught> {
  for (let tried = 0; tried < MOST_SEEDS; tried++) {
    const seed = from + tried;
    const { failure } = await pool.run({ seed, mutant: mutant.name });
    // A seed that fails without it as well says nothing about it.
    if (!failure || (await pool.run({ seed })).failure) continue;
    return { mutant, seeds: tried + 1, seed, rule: failure.rule };
  }
  return { mutant, seeds: undefined, seed: from, rule: 'got away' };
}

/** Lets loose each mutant and prints who was caught by what. @returns how many got away. */
export async function runMutants(
  only: string | undefined,
  from: number,
  print: (text: string) => void,
): Promise<number> {
  const chosen = mutants.filter(({ name }) => only === undefined || name === only);
  if (chosen.length === 0) throw new Error(`expected a mutant that there is, found ${only}`);
  const pool = await createPool();
  const found = await Promise.all(
    chosen.map(async (mutant) => {
      const caught = await hunt(mutant, from, pool);
      print(`... ${mutant.name}: ${caught.rule}`);
      return caught;
    }),
  );
  pool.close();
  const width = Math.max(...chosen.map(({ name }) => name.length));
  const rules = Math.max(...found.map(({ rule }) => rule.length));
  print(`${'mutant'.padEnd(width)}  ${'caught by'.padEnd(rules)}  seeds`);
  for (const { mutant, rule, seeds } of found) {
    print(`${mutant.name.padEnd(width)}  ${rule.padEnd(rules)}  ${seeds ?? '-'}`);
  }
  const caught = found.filter(({ seeds }) => seeds !== undefined).length;
  print(`${caught} of ${found.length} mutants caught`);
  return found.length - caught;
}
