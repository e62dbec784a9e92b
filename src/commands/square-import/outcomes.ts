/** What happened to an item of an import. */
export const OUTCOMES = [
  'imported',
  'repeated',
  'changed',
  'skipped',
  'refused',
  'invalid',
] as const;
export type Outcome = (typeof OUTCOMES)[number];
