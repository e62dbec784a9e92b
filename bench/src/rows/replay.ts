import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { runOnce } from '../harness/child.ts';
import { median, round3 } from '../harness/statistics.ts';
import type { Measured } from '../harness/task.ts';
import type { TaskName } from '../harness/tasks.ts';
import { inputLog } from './inputs.ts';
import type { RowContext, RowDefinition } from './row.ts';

/** The peer takes minutes for more, and costs the same per event. */
const MAX_PEER_EVENTS = 200_000;
const CONSUMER_EVENTS = 20_000;

export interface ReplaySize {
  readonly name: string;
  readonly events: number;
  /** Times that ours and the floor are measured, in turns. */
  readonly rounds: number;
  readonly target: string;
}

/** Read models made anew from all events: documents of one stream each. */
export function replayRow({ name, events, rounds, target }: ReplaySize): RowDefinition {
  return {
    name,
    async run(context) {
      const log = await inputLog(context, name, { events });
      const ours: Measured[] = [];
      const floor: Measured[] = [];
      for (let round = 0; round < rounds; round++) {
        floor.push(await replay(context, name, 'floor/replay', log, events));
        ours.push(await replay(context, name, 'ours/replay', log, events));
      }
      const peer = await replayPeer(context, name, events);
      const medianOf = (all: readonly Measured[], field: string) =>
        round3(median(all.map((measured) => measured[field] ?? Number.NaN)));
      const oursPerSecond = medianOf(ours, 'perSecond');
      return {
        name,
        unit: 'events/s',
        better: 'more',
        ours: oursPerSecond,
        floor: medianOf(floor, 'perSecond'),
        peer: peer.perSecond,
        target,
        extra: {
          peakMb: Math.round(Math.max(...ours.map((measured) => measured['peakMb'] ?? 0))),
          floorPeakMb: Math.round(Math.max(...floor.map((measured) => measured['peakMb'] ?? 0))),
          perEventUs: round3(1_000_000 / oursPerSecond),
          ...peer.extra,
        },
        notes: peer.notes,
      };
    },
  };
}

async function replay(
  { folder, progress }: RowContext,
  name: string,
  task: TaskName,
  log: string,
  events: number,
): Promise<Measured> {
  const documents = join(folder, 'documents.db');
  const measured = await runOnce(task, { log, documents, events });
  for (const end of ['', '-wal', '-shm']) rmSync(`${documents}${end}`, { force: true });
  const perSecond = Math.round(measured['perSecond'] ?? Number.NaN);
  progress(`${name} ${task}: ${perSecond}/s, peak ${Math.round(measured.peakMb)} MB`);
  return measured;
}

/** The peer keeps documents in the file of its log, so each of its measurements has its own file. */
async function replayPeer(context: RowContext, name: string, events: number) {
  const { peerMissing } = context;
  if (peerMissing !== undefined) return { perSecond: null, extra: {}, notes: [peerMissing] };
  const peerEvents = Math.min(events, MAX_PEER_EVENTS);
  const measure = async (task: TaskName, count: number) => {
    const path = join(context.folder, `peer-${count}.db`);
    context.progress(`${name}: writing a log of ${count} events for the peer`);
    await runOnce('generate/peer-log', { path, events: count });
    return replay(context, name, task, path, count);
  };
  const best = await measure('peer/replay', peerEvents);
  const consumer = await measure('peer/consumer', CONSUMER_EVENTS);
  return {
    perSecond: round3(best['perSecond'] ?? Number.NaN),
    extra: {
      peerEvents,
      peerPeakMb: Math.round(best['peakMb'] ?? Number.NaN),
      peerConsumerPerSecond: round3(consumer['perSecond'] ?? Number.NaN),
    },
    notes: peerEvents < events ? [`the peer was measured on ${peerEvents} events`] : [],
  };
}
