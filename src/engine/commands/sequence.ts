import type { Command, CommandContext } from '../../domain/kernel/decider.ts';
import type { DomainEvent } from '../../domain/kernel/event.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  AnyDeciderOf,
  CommandEngine,
  CommandRequest,
  CommandResult,
} from './command-engine.ts';
import { followUp } from './follow-up.ts';

/** Ports and identity of several commands that one request, or one event, leads to. */
export interface Sequence {
  readonly commands: CommandEngine;
  readonly clock: Clock;
  /** Id of the first command; the ids of the others derive from it. */
  readonly commandId: string;
  readonly context: Pick<CommandContext, 'storeId' | 'now' | 'businessDay'>;
  readonly envelope: Pick<CommandRequest, 'actor' | 'correlationId' | 'causationId' | 'origin'>;
}

/** Command ids hold no space when they come from a client, so no client can use one of these. */
export function stepId({ commandId }: Sequence, step: string): string {
  return `${commandId} ${step}`;
}

/** Executes one command of the sequence, exactly once for its id. */
export function dispatch<State, Cmd extends Command, Event extends DomainEvent>(
  sequence: Sequence,
  commandId: string,
  decider: AnyDeciderOf<State, Cmd, Event>,
  entityId: string,
  command: Cmd,
): Promise<CommandResult<State, Event>> {
  const { context, envelope } = sequence;
  return followUp(sequence, decider, {
    command,
    context: { ...context, entityId, commandId },
    ...envelope,
  });
}
