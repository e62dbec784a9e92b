import { InvariantError } from '../../domain/kernel/errors.ts';
import {
  PROCESS_CATEGORY,
  type ProcessEvent,
  processId,
} from '../../domain/kernel/processes/events.ts';
import { perEntity } from '../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../engine/projections/folding/projection.ts';
import type { ProcessDocument } from './document.ts';

type Reacted = Extract<ProcessEvent, { type: 'ProcessReacted' }>['data'];
interface Stamp {
  readonly recordedAt: string;
  readonly revision: number;
}

/** One document per process: for operators, and to find what is due. */
export const processes: Projection<ProcessDocument, ProcessEvent> = {
  name: 'processes',
  version: 3,
  collection: 'processes',
  indexes: [
    { name: 'by_start', fields: ['startedAt'] },
    { name: 'by_status', fields: ['status', 'startedAt'] },
    { name: 'by_process', fields: ['process', 'startedAt'] },
    { name: 'by_due', fields: ['process', 'dueAt'] },
  ],
  feed: 'integrations',
  ...perEntity<ProcessEvent>(PROCESS_CATEGORY, {
    ignores: ({ type }) => type === 'ProcessEnabled',
  }),
  evolve(document, event) {
    if (event.type === 'ProcessReacted') return reacted(document, event.data, event);
    if (!document) throw new InvariantError('a process to react first', { type: event.type });
    const { recordedAt, revision } = event;
    if (event.type === 'ProcessRetried') {
      return { ...document, ...withStuck(document, []), updatedAt: recordedAt, revision };
    }
    if (event.type !== 'ProcessStuck') return document;
    const { step, reason, attempts } = event.data;
    const others = document.stuck.filter((each) => each.step !== step);
    const stuck = [...others, { step, reason, attempts, since: recordedAt }];
    return { ...document, ...withStuck(document, stuck), updatedAt: recordedAt, revision };
  },
};

function reacted(
  document: ProcessDocument | undefined,
  data: Reacted,
  { recordedAt, revision }: Stamp,
): ProcessDocument {
  const { process, instance, input, stage, waitsFor, priority, planned, timers, ended } = data;
  const isResult = input.kind === 'accepted' || input.kind === 'refused';
  const isOpen = ({ step }: { readonly step: string }) => !isResult || step !== input.id;
  // One that had ended and waits again, as for the refund of a late payment, is open again.
  const ending = ended ?? (waitsFor === undefined ? document?.ending : undefined);
  const openSteps = [
    ...(document?.openSteps ?? []).filter(isOpen),
    ...planned.map(({ step, kind }) => ({ step, kind, since: recordedAt })),
  ];
  const next = {
    processId: processId(process, instance),
    process,
    instance,
    stage,
    ...(waitsFor !== undefined && { waitsFor }),
    priority,
    startedAt: document?.startedAt ?? recordedAt,
    updatedAt: recordedAt,
    dueAt: dueAt(openSteps, timers),
    openSteps,
    timers: [...timers],
    ...(ending !== undefined && { ending }),
    revision,
  };
  return { ...next, ...withStuck(next, (document?.stuck ?? []).filter(isOpen)) };
}

/** The earliest of its timers and open steps: what a stopped engine left is due at once. */
function dueAt(
  openSteps: readonly { readonly since: string }[],
  timers: readonly { readonly dueAt: string }[],
): string {
  const times = [...openSteps.map(({ since }) => since), ...timers.map((timer) => timer.dueAt)];
  return times.sort()[0] ?? '';
}

function withStuck(
  { ending, openSteps, timers }: Pick<ProcessDocument, 'ending' | 'openSteps' | 'timers'>,
  stuck: ProcessDocument['stuck'],
): Pick<ProcessDocument, 'status' | 'stuck'> {
  if (stuck.length > 0) return { status: 'stuck', stuck };
  const isEnded = ending !== undefined && openSteps.length + timers.length === 0;
  return { status: isEnded ? 'ended' : 'running', stuck };
}
