import { InvariantError } from '../../domain/kernel/errors.ts';
import { comparePositions, type Position } from '../../domain/kernel/position.ts';
import {
  carriedFrom,
  PERIOD_EVENTS,
  type RecipientCommand,
  recipientDecider,
  type RecipientEvent,
  recipientId,
  type RecipientState,
} from '../../domain/notifications/index.ts';
import type { CommandEngine, CommandResult } from '../../engine/commands/command-engine.ts';
import { executeInPeriods, isClosed, newestPeriod } from '../../engine/commands/periods.ts';
import { dispatch, type Sequence } from '../../engine/commands/sequence.ts';

export type RecipientResult = CommandResult<RecipientState, RecipientEvent>;
/** Executes the command of a request itself, with its own id. */
type Execute = (
  decider: typeof recipientDecider,
  entityId: string,
  command: RecipientCommand,
) => Promise<RecipientResult>;

type Loading = Pick<CommandEngine, 'load'>;

/** What is known now of a person who is notified, read from the log. */
export async function loadRecipient(
  commands: Loading,
  storeId: string,
  personId: string,
): Promise<RecipientState> {
  // Between two periods the closed one still says what is known.
  return (await newestOf(commands, storeId, personId)).state;
}

function newestOf(commands: Loading, storeId: string, personId: string) {
  const load = (period: number) =>
    commands.load(recipientDecider, storeId, recipientId(personId, period));
  return newestPeriod(async (period) => (await load(period)).state);
}

/**
 * Executes a command to what is known of a person, in the period that is open. A person who gets
 * many messages has several streams, a period each, so that messages never end.
 * @throws DomainError invalid_request for a change of preferences without a change.
 */
export function commandRecipient(
  sequence: Sequence,
  personId: string,
  command: RecipientCommand,
  execute: Execute = (decider, entityId, asked) =>
    dispatch(sequence, sequence.commandId, decider, entityId, asked),
): Promise<RecipientResult> {
  return executeInPeriods({
    execute: (period) => execute(recipientDecider, recipientId(personId, period), command),
    openNewest: () => openNewest(sequence, personId),
    close: (period) => closePeriod(sequence, personId, period),
    periodEvents: PERIOD_EVENTS,
  });
}

/**
 * Erases a person in all periods, the newest first: what opens another one meanwhile takes over
 * that the person is erased.
 * @returns the position of the last of the events.
 */
export async function eraseRecipient(
  sequence: Sequence,
  personId: string,
  reason: string,
): Promise<Position> {
  const erase = (period: number) => {
    const id = recipientId(personId, period);
    const command = { type: 'EraseRecipient', data: { reason } } as const;
    return dispatch(sequence, sequence.commandId, recipientDecider, id, command);
  };
  for (;;) {
    const newest = await openNewest(sequence, personId);
    const marked = await erase(newest);
    // Closed meanwhile: the next one may have begun without knowing of it.
    if (marked.state.status === 'closed') continue;
    let { position } = marked;
    for (let period = newest - 1; period >= 1; period--) {
      const erased = await erase(period);
      if (comparePositions(erased.position, position) > 0) position = erased.position;
    }
    return position;
  }
}

async function openNewest(sequence: Sequence, personId: string): Promise<number> {
  const { commands, context } = sequence;
  const { period, state } = await newestOf(commands, context.storeId, personId);
  if (state.status !== 'closed') return period;
  await openPeriod(sequence, personId, period + 1);
  return period + 1;
}

/** The same command from every instance: the period is closed once. */
async function closePeriod(sequence: Sequence, personId: string, period: number): Promise<void> {
  const id = recipientId(personId, period);
  const command = { type: 'ClosePeriod', data: {} } as const;
  try {
    await dispatch(sequence, `close ${period}`, recipientDecider, id, command);
  } catch (error) {
    if (!isClosed(error)) throw error;
  }
  await openPeriod(sequence, personId, period + 1);
}

/** Continues what the period before knew, unless that has been done. */
async function openPeriod(sequence: Sequence, personId: string, period: number): Promise<void> {
  const { commands, context } = sequence;
  const stateOf = async (one: number) =>
    (await commands.load(recipientDecider, context.storeId, recipientId(personId, one))).state;
  if ((await stateOf(period)).status !== 'none') return;
  const before = await stateOf(period - 1);
  if (before.status !== 'closed') throw new InvariantError('a closed period before', { period });
  const command = { type: 'OpenPeriod', data: carriedFrom(before, personId, period) } as const;
  const id = recipientId(personId, period);
  await dispatch(sequence, `open ${period}`, recipientDecider, id, command);
}
