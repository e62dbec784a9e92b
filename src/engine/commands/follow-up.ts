import type { Command } from '../../domain/kernel/decider.ts';
import { ConflictError } from '../../domain/kernel/errors.ts';
import type { DomainEvent } from '../../domain/kernel/event.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  AnyDeciderOf,
  CommandEngine,
  CommandRequest,
  CommandResult,
} from './command-engine.ts';

const MAX_TRIES = 50;
const PAUSE_MS = 20;

/**
 * Executes a command that follows from another command. A request, and the process that completes
 * it after a crash, execute the same command with the same id; the later caller polls until the
 * first one is done and gets its result.
 */
export async function followUp<State, Cmd extends Command, Event extends DomainEvent>(
  { commands, clock }: { commands: CommandEngine; clock: Clock },
  decider: AnyDeciderOf<State, Cmd, Event>,
  request: CommandRequest<Cmd>,
): Promise<CommandResult<State, Event>> {
  for (let tries = 1; ; tries++) {
    try {
      return await commands.execute(decider, request);
    } catch (error) {
      const busy = error instanceof ConflictError && error.code === 'command_in_flight';
      if (!busy || tries >= MAX_TRIES) throw error;
      await clock.sleep(PAUSE_MS);
    }
  }
}
