import type { Actor, CallerOrigin } from '../../domain/kernel/event.ts';
import { formatInstant } from '../../domain/kernel/instant.ts';
import { streamName } from '../../domain/kernel/names.ts';
import {
  type Declaration,
  type Declared,
  type Fact,
  firstOf,
  type KeptFact,
  type Range,
  rangesOf,
  segmentDecider,
  type SegmentEvent,
  segmentId,
  segmentOf,
  type SegmentState,
  syncDeviceDecider,
} from '../../domain/sync/index.ts';
import type { CommandRequest } from '../../engine/commands/command-engine.ts';
import { eventsOf } from '../../engine/commands/load-stream.ts';
import { canonicalText } from '../../lib/canonical-json.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Judging } from './judge-fact.ts';

/** What keeps the facts of one request. */
export interface Intake extends Judging {
  readonly log: Pick<EventLog, 'readStream'>;
  readonly ids: Ids;
  readonly storeId: string;
  readonly deviceId: string;
  readonly epoch: string;
  readonly actor: Actor;
  readonly correlationId: string;
  readonly origin: CallerOrigin;
}

/** The facts of one life of a device, to read what is kept of them. */
export type EpochPlace = Pick<Intake, 'commands' | 'storeId' | 'deviceId' | 'epoch'>;

/** What is kept of an epoch, as far as it concerns a push. */
export interface Kept {
  /** All facts up to this number. */
  readonly through: number;
  /** Further facts. */
  readonly ranges: readonly Range[];
}

/** Segments that one answer describes beyond the first that has a hole. */
const MAX_SEGMENTS = 64;

async function load(intake: EpochPlace, segment: number): Promise<SegmentState> {
  const id = segmentId(intake, segment);
  return (await intake.commands.load(segmentDecider, intake.storeId, id)).state;
}

/**
 * Which facts of the epoch are kept. A segment remembers how far all were kept when it last
 * changed, so that only what came later is looked at.
 */
export async function keptOf(intake: EpochPlace, lastSegment: number): Promise<Kept> {
  const hints = [await load(intake, lastSegment)];
  if (lastSegment > 0) hints.push(await load(intake, lastSegment - 1));
  let through = Math.max(...hints.map((state) => state.through));
  const beyond: number[] = [];
  const first = segmentOf(through + 1);
  const last = Math.min(Math.max(lastSegment, first), first + MAX_SEGMENTS);
  for (let segment = first; segment <= last; segment++) {
    const { facts } = await load(intake, segment);
    if (through + 1 >= firstOf(segment)) while (facts[through + 1]) through++;
    for (const seq of Object.keys(facts)) if (Number(seq) > through) beyond.push(Number(seq));
  }
  return { through, ranges: rangesOf(beyond) };
}

/** All that is kept of an epoch, whatever is known of its end. */
export async function allKept(place: EpochPlace, lastSeq: number): Promise<Kept> {
  for (let last = segmentOf(Math.max(1, lastSeq)); ; last++) {
    const kept = await keptOf(place, last);
    // Facts beyond the one that was named may have come since.
    if (Object.keys((await load(place, last + 1)).facts).length === 0) return kept;
  }
}

/** What the device said with the newest of these facts. */
export async function declaredWith(
  place: EpochPlace,
  { through, ranges }: Kept,
): Promise<Declaration | undefined> {
  const newest = Math.max(1, through, ...ranges.map(([, to]) => to));
  const { declared, facts } = await load(place, segmentOf(newest));
  const declaredAt = facts[newest]?.[2];
  return declared && declaredAt !== undefined ? { ...declared, declaredAt } : undefined;
}

type Sent = Extract<SegmentEvent, { type: 'FactsKept' }>['data']['facts'][number];

/**
 * Keeps the facts durably, all of a segment in one append, before anything is judged. What is
 * kept already is not kept again; a second fact with the address of another is kept as a fork.
 */
export async function keepFacts(
  intake: Intake,
  facts: readonly Fact[],
  declared: Declared | undefined,
): Promise<readonly KeptFact[]> {
  const bySegment = new Map<number, Fact[]>();
  for (const fact of facts) {
    const segment = segmentOf(fact.seq);
    bySegment.set(segment, [...(bySegment.get(segment) ?? []), fact]);
  }
  const kept: KeptFact[] = [];
  const last = Math.max(...bySegment.keys());
  for (const [segment, part] of [...bySegment].sort(([a], [b]) => a - b)) {
    kept.push(
      ...(await keepSegment(intake, segment, part, segment === last ? declared : undefined)),
    );
  }
  return kept;
}

async function keepSegment(
  intake: Intake,
  segment: number,
  facts: readonly Fact[],
  declared: Declared | undefined,
): Promise<readonly KeptFact[]> {
  const { deviceId, epoch } = intake;
  const before = await load(intake, segment);
  const { through } = await keptOf(intake, segment);
  const sent = await Promise.all(facts.map((fact) => sentFact(intake, segment, before, fact)));
  const linked = linkedFacts(before, sent);
  const data = { deviceId, epoch, through, facts: linked, ...omitUndefined({ declared }) };
  const { events, state } = await intake.commands.execute(segmentDecider, {
    ...requestOf(intake, segmentId(intake, segment)),
    command: { type: 'KeepFacts', data },
  });
  await reportForks(intake, events);
  return linked.map(({ differsIn: _, ...fact }) => {
    const { seq, hash } = fact;
    const [, firstHash, firstAt = now(intake)] = state.facts[seq] ?? [];
    if (firstHash === hash) return { deviceId, epoch, keptAt: firstAt, ...fact };
    const keptAt = state.forks[seq]?.[hash] ?? firstAt;
    return { deviceId, epoch, keptAt, ...fact, isFork: true };
  });
}

type Linked = Sent & { readonly differsIn?: string };

/** A fact, and where another one has its address, what is different. */
async function sentFact(
  intake: Intake,
  segment: number,
  before: SegmentState,
  fact: Fact,
): Promise<Linked> {
  const { seq, id, hash } = fact;
  const sent = { seq, id, hash, fact: fact as unknown as Sent['fact'] };
  const first = before.facts[seq];
  if (!first || first[1] === hash) return sent;
  const stored = await storedFact(intake, segment, seq);
  const differsIn = stored && firstDifference(stored, sent.fact);
  return { ...sent, ...omitUndefined({ differsIn }) };
}

async function storedFact({ log, storeId, ...intake }: Intake, segment: number, seq: number) {
  const id = segmentId(intake, segment);
  const stream = streamName(segmentDecider.category, storeId, id);
  for await (const event of eventsOf(log, stream)) {
    const { type, data } = event as unknown as SegmentEvent;
    if (type !== 'FactsKept') continue;
    const found = data.facts.find((each) => each.seq === seq);
    if (found) return found.fact;
  }
  return undefined;
}

function firstDifference(a: Sent['fact'], b: Sent['fact']): string | undefined {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  const textOf = (value: unknown) => (value === undefined ? '' : canonicalText(value));
  return names.find((name) => name !== 'hash' && textOf(a[name]) !== textOf(b[name]));
}

/** Each fact names the hash of the one before it: a changed or dropped one shows. */
function linkedFacts(before: SegmentState, facts: readonly Linked[]): readonly Linked[] {
  const hashes = new Map(
    Object.entries(before.facts).map(([seq, [, hash]]) => [Number(seq), hash]),
  );
  for (const { seq, hash } of facts) if (!hashes.has(seq)) hashes.set(seq, hash);
  return facts.map((sent) => {
    const { prev } = sent.fact as { readonly prev?: string };
    const expected = hashes.get(sent.seq - 1);
    const isLinked = sent.seq === 1 ? prev === undefined : !expected || prev === expected;
    return isLinked ? sent : { ...sent, isChainBroken: true };
  });
}

const now = ({ clock }: Intake) => formatInstant(clock.now());

function requestOf(intake: Intake, entityId: string): Omit<CommandRequest, 'command'> {
  const { storeId, calendar, clock, ids, deviceId, actor, correlationId, origin } = intake;
  return {
    context: {
      storeId,
      entityId,
      // It can come again at any time: the segment itself knows what it has.
      commandId: `keep ${ids.uuid()}`,
      now: now(intake),
      businessDay: calendar.businessDay(storeId, clock.now()),
    },
    actor,
    deviceId,
    correlationId,
    causationId: correlationId,
    origin,
  };
}

/** Two devices cannot share an epoch: it is marked, so that they ask for a new one. */
async function reportForks(intake: Intake, events: readonly SegmentEvent[]): Promise<void> {
  const fork = events.find((event) => event.type === 'FactForked');
  if (!fork) return;
  const { deviceId, epoch, seq, hash } = fork.data;
  await intake.commands.execute(syncDeviceDecider, {
    ...requestOf(intake, deviceId),
    command: { type: 'ReportFork', data: { deviceId, epoch, seq, hash } },
  });
}

/** The number of the last segment that a push touches. */
export const lastSegmentOf = (facts: readonly Fact[], declared?: Declared): number =>
  segmentOf(Math.max(1, declared?.lastSeq ?? 1, ...facts.map(({ seq }) => seq)));
