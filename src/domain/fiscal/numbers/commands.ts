import { type CommandOf, defineCommands } from '../../kernel/define-commands.ts';
import { strict } from '../../kernel/schema.ts';
import { numberEvents } from './events.ts';

const { definitions } = numberEvents;
const { before: _b, fate: _f, ...issued } = definitions.FiscalNumberIssued.properties;
const { before: _vb, fate: _vf, ...voided } = definitions.FiscalNumberVoided.properties;
const { decidedAt: _d, ...decided } = definitions.FiscalNumbersDecided.properties;

/** Each is about the numbers of one block. */
export const numberCommands = defineCommands({
  HoldNumbers: definitions.FiscalNumbersHeld,
  IssueNumber: strict(issued),
  VoidNumber: strict(voided),
  ReturnNumbers: definitions.FiscalNumbersReturned,
  LoseTrack: definitions.FiscalNumbersUnaccounted,
  SetNumbersAside: definitions.FiscalNumbersSetAside,
  DecideNumbers: strict(decided),
});

export type NumberCommand = CommandOf<typeof numberCommands>;
export type IssueNumber = CommandOf<typeof numberCommands, 'IssueNumber'>['data'];
export type VoidNumber = CommandOf<typeof numberCommands, 'VoidNumber'>['data'];
