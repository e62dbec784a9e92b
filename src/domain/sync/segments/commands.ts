import { Type } from '@sinclair/typebox';

import { type CommandOf, defineCommands } from '../../kernel/define-commands.ts';
import { Id, optional, strict } from '../../kernel/schema.ts';
import { Epoch, SyncDeviceId } from '../facts/events.ts';
import { Count, Declared, MAX_PUSH_FACTS, segmentEvents } from './events.ts';

const Sent = segmentEvents.definitions.FactsKept.properties.facts.items;

export const segmentCommands = defineCommands({
  /** Facts of one segment, rising by their numbers. */
  KeepFacts: strict({
    deviceId: SyncDeviceId,
    epoch: Epoch,
    through: Count,
    facts: Type.Array(
      // `differsIn`: where another fact has the address, the first field that is not the same.
      strict({ ...Sent.properties, differsIn: optional(Id) }),
      { maxItems: MAX_PUSH_FACTS },
    ),
    declared: optional(Declared),
  }),
});

export type SegmentCommand = CommandOf<typeof segmentCommands>;
