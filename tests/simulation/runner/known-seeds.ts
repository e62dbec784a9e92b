import { readFileSync, writeFileSync } from 'node:fs';

const FILE = new URL('../seeds.json', import.meta.url);
const FIXED = 200;

/** A seed that once failed, and what it showed. */
export interface KnownSeed {
  readonly seed: number;
  readonly rule: string;
  readonly showed: string;
}

export function failedSeeds(): readonly KnownSeed[] {
  return JSON.parse(readFileSync(FILE, 'utf8')) as readonly KnownSeed[];
}

/** Those that every run of the tests lives through. */
export function knownSeeds(): readonly number[] {
  const fixed = Array.from({ length: FIXED }, (_, i) => i + 1);
  return [...new Set([...fixed, ...failedSeeds().map(({ seed }) => seed)])];
}

/** Keeps a failure, so that it is looked for from now on. */
export function keepSeed(found: KnownSeed): void {
  const all = failedSeeds();
  if (all.some(({ seed }) => seed === found.seed)) return;
  writeFileSync(FILE, `${JSON.stringify([...all, found], undefined, 2)}\n`);
}
