import type { Mutant } from './mutant.ts';

/** All bugs that are put in on purpose. */
export const mutants: readonly Mutant[] = [];
