import type { ConflictState } from './merge.ts';
import type { Value } from './merge-fact.ts';
import type { FieldRule } from './rules.ts';

/** Characters of a value that a sentence quotes. */
const MAX_QUOTED = 80;

/** One of two versions, for a sentence. */
export interface SaidVersion {
  readonly factId: string;
  /** The device, or the person who wrote it at the server. */
  readonly where: string;
  readonly who: string;
  readonly value: Value;
}

function quoted(value: Value): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const cut = text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
  return typeof value === 'string' ? `"${cut}"` : cut;
}

/** A conflict in words for a shopkeeper: who wrote what, and what counts now. */
export function conflictWords(
  rule: FieldRule,
  versions: readonly [SaidVersion, SaidVersion],
  { winner, state }: { readonly winner: string | null; readonly state: ConflictState },
): string {
  const [a, b] = versions.map(
    ({ where, who, value }) => `${who} at ${where} wrote ${quoted(value)}`,
  );
  const said = `Two people changed ${rule.label} without knowing of each other: ${a}, and ${b}.`;
  return `${said} ${outcome(rule, versions, { winner, state })}`;
}

function outcome(
  rule: FieldRule,
  versions: readonly SaidVersion[],
  { winner, state }: { readonly winner: string | null; readonly state: ConflictState },
): string {
  if (state === 'same') return 'Both wrote the same, so nothing is to be done.';
  const won = versions.find(({ factId }) => factId === winner);
  if (won) return `${quoted(won.value)} counts. A person can choose the other one.`;
  if (rule.rule === 'mvr') return rule.meanwhile;
  if (rule.rule === 'ksum') return 'Neither amount counts until a person chooses.';
  return 'Both are shown until a person chooses.';
}
