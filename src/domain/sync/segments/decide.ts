import { omitUndefined } from '../../../lib/omit-undefined.ts';
import type { Decider } from '../../kernel/decider.ts';
import { type SegmentCommand, segmentCommands } from './commands.ts';
import type { Declared, SegmentEvent, SentFact } from './events.ts';

/** What is kept of a segment: enough to know a fact again, without its content. */
export interface SegmentState {
  /** By number. */
  readonly facts: Readonly<Record<number, readonly [id: string, hash: string, keptAt: string]>>;
  /** When further facts with one number were kept, by their hashes. */
  readonly forks: Readonly<Record<number, Readonly<Record<string, string>>>>;
  /** All facts up to this number were kept, in this segment and before, when it last changed. */
  readonly through: number;
  readonly declared?: Declared;
}

/** Other facts with one address of which each is kept. */
const MAX_FORKS = 20;
/** Facts, forks and refusals together: a segment always has room for each of its facts. */
const MAX_EVENTS = 20_000;

function decide(
  { data: { facts, ...address } }: SegmentCommand,
  state: SegmentState,
  { now: keptAt }: { readonly now: string },
): readonly SegmentEvent[] {
  const known = new Map<number, readonly [string, string]>();
  const kept: SentFact[] = [];
  const forks: SegmentEvent[] = [];
  const forked = new Set<string>();
  for (const { differsIn: field, ...sent } of facts) {
    const { seq, hash } = sent;
    const first = state.facts[seq] ?? known.get(seq);
    if (!first) {
      known.set(seq, [sent.id, hash]);
      kept.push(sent);
      continue;
    }
    const [firstId, firstHash] = first;
    const earlier = state.forks[seq] ?? {};
    const name = `${seq} ${hash}`;
    if (hash === firstHash || earlier[hash] !== undefined || forked.has(name)) continue;
    if (Object.keys(earlier).length >= MAX_FORKS) continue;
    forked.add(name);
    const { deviceId, epoch } = address;
    const data = { deviceId, epoch, ...sent, firstId, firstHash, keptAt };
    forks.push({ type: 'FactForked', data: { ...data, ...omitUndefined({ field }) } });
  }
  if (kept.length === 0) return forks;
  const { declared, ...rest } = address;
  const data = { ...rest, facts: kept, ...omitUndefined({ declared }), keptAt };
  return [{ type: 'FactsKept', data }, ...forks];
}

function evolve(state: SegmentState, event: SegmentEvent): SegmentState {
  switch (event.type) {
    case 'FactsKept': {
      const facts = { ...state.facts };
      for (const { seq, id, hash } of event.data.facts) facts[seq] = [id, hash, event.data.keptAt];
      const through = Math.max(state.through, event.data.through);
      const { declared = state.declared } = event.data;
      return { ...state, facts, through, ...omitUndefined({ declared }) };
    }
    case 'FactForked': {
      const { seq, hash, keptAt } = event.data;
      const forks = { ...state.forks[seq], [hash]: keptAt };
      return { ...state, forks: { ...state.forks, [seq]: forks } };
    }
  }
}

/**
 * A part of the numbered facts of a device: so many follow one another in each stream, whose name
 * is computed from the number. Here they are kept, before anything is judged (S1).
 */
export const segmentDecider: Decider<SegmentState, SegmentCommand, SegmentEvent> = {
  category: 'syncsegment',
  version: 1,
  maxEvents: MAX_EVENTS,
  initialState: { facts: {}, forks: {}, through: 0 },
  commands: segmentCommands,
  decide,
  evolve,
};
