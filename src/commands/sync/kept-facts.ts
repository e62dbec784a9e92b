import { streamName } from '../../domain/kernel/names.ts';
import {
  segmentDecider,
  type SegmentEvent,
  segmentId,
  segmentOf,
  syncDeviceDecider,
} from '../../domain/sync/index.ts';
import type { CommandEngine } from '../../engine/commands/command-engine.ts';
import { eventsOf } from '../../engine/commands/load-stream.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { allKept } from './keep-facts.ts';

export interface KeptFactsOptions {
  readonly commands: CommandEngine;
  readonly log: Pick<EventLog, 'readStream'>;
  readonly storeId: string;
  readonly deviceId: string;
}

export interface KeptFactsAsked {
  /** Absent: the newest one. */
  readonly epoch?: string | undefined;
  /** Facts after this number. */
  readonly after: number;
  readonly limit: number;
}

/** A fact word for word, as its device wrote it. */
type Raw = Readonly<Record<string, unknown>>;

export interface KeptFactsPage {
  readonly epoch?: string;
  readonly facts: readonly Raw[];
  /** Number of the last one; absent: there are no more. */
  readonly next?: number;
}

/** The facts of one life of a device in their order, as they were sent; second ones too. */
export async function keptFacts(
  options: KeptFactsOptions,
  { after, limit, ...asked }: KeptFactsAsked,
): Promise<KeptFactsPage> {
  const { commands, storeId, deviceId } = options;
  const { state } = await commands.load(syncDeviceDecider, storeId, deviceId);
  const epoch = asked.epoch ?? state.epochs.at(-1)?.epoch ?? Object.keys(state.declared).at(-1);
  if (epoch === undefined) return { facts: [] };
  const lastSeq = state.declared[epoch]?.lastSeq ?? 1;
  const { through, ranges } = await allKept({ commands, storeId, deviceId, epoch }, lastSeq);
  const last = Math.max(through, ...ranges.map(([, to]) => to));
  const found: [seq: number, fact: Raw][] = [];
  for (let segment = segmentOf(after + 1); segment <= segmentOf(Math.max(1, last)); segment++) {
    found.push(...(await factsIn(options, segmentId({ deviceId, epoch }, segment), after)));
    if (found.length > limit) break;
  }
  const facts = found.slice(0, limit);
  const next = found.length > limit ? facts.at(-1)?.[0] : undefined;
  return { epoch, facts: facts.map(([, fact]) => fact), ...(next !== undefined && { next }) };
}

async function factsIn(
  { log, storeId }: KeptFactsOptions,
  id: string,
  after: number,
): Promise<readonly [number, Raw][]> {
  const found: [number, Raw][] = [];
  for await (const event of eventsOf(log, streamName(segmentDecider.category, storeId, id))) {
    const { type, data } = event as unknown as SegmentEvent;
    const sent = type === 'FactsKept' ? data.facts : type === 'FactForked' ? [data] : [];
    for (const { seq, fact } of sent) if (seq > after) found.push([seq, fact]);
  }
  // Second facts with one number follow the first: the sort keeps their order.
  return found.sort(([a], [b]) => a - b);
}
