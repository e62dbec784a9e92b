import { type Static, Type } from '@sinclair/typebox';

import { ENDINGS, PROCESS_PRIORITIES } from '../../domain/kernel/processes/events.ts';
import { oneOf } from '../../domain/kernel/schema.ts';

const closed = { additionalProperties: false };

export const PROCESS_STATUSES = ['running', 'stuck', 'ended'] as const;

const Stuck = Type.Object(
  {
    step: Type.String(),
    reason: Type.String(),
    attempts: Type.Integer(),
    since: Type.String(),
  },
  closed,
);

/** A process with a memory. `dueAt` is '' when it waits for an event only. */
export const ProcessSchema = Type.Object(
  {
    processId: Type.String(),
    process: Type.String(),
    instance: Type.String(),
    status: oneOf(PROCESS_STATUSES),
    stage: Type.String(),
    waitsFor: Type.Optional(Type.String()),
    priority: oneOf(PROCESS_PRIORITIES),
    startedAt: Type.String(),
    updatedAt: Type.String(),
    dueAt: Type.String({ description: 'When it acts next: a step or a timer; else empty.' }),
    openSteps: Type.Array(
      Type.Object({ step: Type.String(), kind: Type.String(), since: Type.String() }, closed),
      { description: 'Steps that are planned and not done.' },
    ),
    timers: Type.Array(Type.Object({ name: Type.String(), dueAt: Type.String() }, closed)),
    stuck: Type.Array(Stuck, { description: 'Steps that fail again and again, and why.' }),
    ending: Type.Optional(oneOf(ENDINGS)),
    revision: Type.Integer(),
  },
  { ...closed, $id: 'Process' },
);

export type ProcessDocument = Static<typeof ProcessSchema>;
