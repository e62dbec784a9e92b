import { type CommandOf, defineCommands } from '../../kernel/define-commands.ts';
import { Id, optional, strict, Text } from '../../kernel/schema.ts';
import { FactId } from '../facts/events.ts';
import { entityEvents } from './events.ts';

const { lostHeads: _, ...fact } = entityEvents.definitions.EntityFactMerged.properties;

export const entityCommands = defineCommands({
  /** Adds what a device changed, and finds the conflicts that it makes. */
  MergeFact: strict(fact),
  /** Chooses one of the versions of a conflict; it can be chosen again later. */
  ChooseVersion: strict({ conflictId: Id, chosen: FactId, by: Id, reason: optional(Text) }),
});

export type EntityCommand = CommandOf<typeof entityCommands>;
export type MergeFactCommand = CommandOf<typeof entityCommands, 'MergeFact'>;
export type ChooseVersion = CommandOf<typeof entityCommands, 'ChooseVersion'>;
