import { Type } from '@sinclair/typebox';

import { type CommandOf, defineCommands } from '../../kernel/define-commands.ts';
import { strict } from '../../kernel/schema.ts';
import { factEvents } from './events.ts';

const { FactReceived, FactJudged, FactSetAside } = factEvents.definitions;
const { keptAt: _received, ...received } = FactReceived.properties;
const { keptAt: _aside, ...aside } = FactSetAside.properties;

export const factCommands = defineCommands({
  ReceiveFact: strict(received),
  /** Judges the fact, or notes that another one has its id. */
  JudgeFact: Type.Object(FactJudged.properties, { additionalProperties: false }),
  SetFactAside: strict(aside),
});

export type FactCommand = CommandOf<typeof factCommands>;
export type JudgeFact = CommandOf<typeof factCommands, 'JudgeFact'>;
