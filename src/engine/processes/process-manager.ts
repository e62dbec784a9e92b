import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { Category } from '../../domain/kernel/names.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CommandEngine } from '../commands/command-engine.ts';

export interface ProcessServices {
  readonly commands: CommandEngine;
  readonly clock: Clock;
}

/**
 * Reacts to events with commands whose ids derive from those events, so that a second reaction
 * changes nothing. `react` resolves when everything that follows from the event is recorded.
 */
export interface ProcessManager {
  readonly name: string;
  readonly categories: readonly Category[];
  /** Event types it reacts to; other events are skipped. */
  readonly eventTypes: readonly string[];
  react(event: RecordedEvent, services: ProcessServices): Promise<void>;
}
