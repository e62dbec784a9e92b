import type { Command } from '../../domain/kernel/decider.ts';
import type { DomainEvent } from '../../domain/kernel/event.ts';
import type { AnyDeciderOf, CommandResult } from '../../engine/commands/command-engine.ts';
import { dispatch, type Sequence, stepId } from '../../engine/commands/sequence.ts';
import type { ProviderConnections } from '../../ports/provider-client.ts';

/** The ports and identity under which work with a provider is done for a shop. */
export interface ProviderWork {
  readonly sequence: Sequence;
  readonly connections: ProviderConnections;
  /** In [0, 1). */
  readonly random: () => number;
}

/** Executes a command of the work; its id derives from that of the step. */
export function onEntity<State, Cmd extends Command, Event extends DomainEvent>(
  { sequence }: Pick<ProviderWork, 'sequence'>,
  step: string,
  decider: AnyDeciderOf<State, Cmd, Event>,
  entityId: string,
  command: Cmd,
): Promise<CommandResult<State, Event>> {
  return dispatch(sequence, stepId(sequence, step), decider, entityId, command);
}
