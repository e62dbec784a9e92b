import type { CommandEngine } from '../commands/command-engine.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { Category } from '../../domain/kernel/names.ts';
import type { Clock } from '../../ports/clock.ts';

export interface ProcessServices {
  readonly commands: CommandEngine;
  readonly clock: Clock;
}

/**
 * Reacts to events with commands whose ids derive from those events, so that reacting twice
 * changes nothing. It resolves when all that follows from the event has been recorded.
 */
export interface ProcessManager {
  readonly name: string;
  readonly categories: readonly Category[];
  /** Types it reacts to; the others are passed over. */
  readonly eventTypes: readonly string[];
  react(event: RecordedEvent, services: ProcessServices): Promise<void>;
}
