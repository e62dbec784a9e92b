import { Type } from '@sinclair/typebox';

import { described, Instant, oneOf, optional, strict } from '../../../domain/kernel/schema.ts';
import { Generation } from '../../../domain/restores/index.ts';
import { EPOCH_REASONS } from '../../../domain/sync/epochs/events.ts';
import { Epoch } from '../../../domain/sync/facts/events.ts';
import {
  Declared,
  FACT_FLAGS,
  FACT_STATUSES,
  MAX_PUSH_FACTS,
  Seq,
  SyncDeviceId,
} from '../../../domain/sync/index.ts';

export const ITEM_STATUSES = [...FACT_STATUSES, 'duplicate'] as const;
export const EPOCH_STATES = ['ok', 'forked', 'ended', 'unknown'] as const;

/** One fact: its canonical text is stored several times, and one append takes 1 MiB. */
export const MAX_FACT_BYTES = 131_072;
export const MAX_PUSH_BYTES = 786_432;

export const Ranges = Type.Array(Type.Tuple([Seq, Seq]), {
  description: 'First and last number of each range, both included.',
});

export const asRanges = (ranges: readonly (readonly [number, number])[]) =>
  ranges.map(([from, to]): [number, number] => [from, to]);

export const Acknowledged = strict({
  through: Type.Integer({ minimum: 0, description: 'All facts up to this number are on disk.' }),
  ranges: Ranges,
});

export const PushBody = strict({
  deviceId: SyncDeviceId,
  epoch: Epoch,
  facts: Type.Array(Type.Unknown(), {
    description: `The facts, \`DeviceFact\` each; at most ${MAX_PUSH_FACTS}, ${MAX_FACT_BYTES} bytes each and ${MAX_PUSH_BYTES} together.`,
  }),
  declared: optional(Declared),
});

const ItemResult = strict({
  id: optional(Type.String()),
  seq: optional(Type.Integer()),
  status: oneOf(
    ITEM_STATUSES,
    '`duplicate`: it came before, with the result of `first`. `blocked`: it waits for others. `held`: a newer version of the server can read it.',
  ),
  first: optional(oneOf(FACT_STATUSES, 'Of a duplicate: its first result, for ever.')),
  code: optional(Type.String({ description: 'Why it was not accepted.' })),
  detail: optional(Type.String({ description: 'The same in words.' })),
  field: optional(Type.String({ description: 'The field that does not fit.' })),
  blockedBy: optional(Type.Array(Type.String(), { description: 'What it waits for.' })),
  flags: optional(Type.Array(oneOf(FACT_FLAGS))),
});

export const PushResponse = Type.Object(
  {
    accepted: Type.Array(Type.String(), {
      description: 'Ids of the facts that are accepted, now or before.',
    }),
    items: Type.Array(ItemResult, { description: 'One for each item that was sent, in order.' }),
    kept: optional(Acknowledged),
    epochState: optional(oneOf(EPOCH_STATES, '`forked`: ask for a new epoch.')),
    serverTime: Instant,
  },
  { $id: 'PushResult' },
);

export const HelloBody = strict({
  deviceId: SyncDeviceId,
  epoch: optional(Epoch),
  requestId: optional(
    Type.String({
      minLength: 8,
      maxLength: 64,
      description: 'Without an epoch: drawn once; a repeat gets the same epoch.',
    }),
  ),
  reason: optional(oneOf(EPOCH_REASONS, 'Without an epoch: why; `new`.')),
  declared: optional(Declared),
});

export const HelloResponse = Type.Object(
  {
    generation: described(
      Generation,
      'Of the log. A higher one than before: it was restored, and `missing` says what it lost.',
    ),
    deviceId: SyncDeviceId,
    epoch: Epoch,
    epochState: oneOf(EPOCH_STATES, '`forked`: ask for a new epoch.'),
    kept: Acknowledged,
    missing: Ranges,
    serverTime: Instant,
    limits: strict({
      factBytes: Type.Integer(),
      pushFacts: Type.Integer(),
      pushBytes: Type.Integer(),
    }),
  },
  { $id: 'HelloResult' },
);
