import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { Category } from '../../domain/kernel/names.ts';
import type { Calendar } from '../../ports/calendar.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ConnectedPayments, PaymentProvider } from '../../ports/payment-provider.ts';
import type { ProviderConnections } from '../../ports/provider-client.ts';
import type { CommandEngine } from '../commands/command-engine.ts';
import type { DurableProcess } from './durable/durable-process.ts';
import type { TimerReport } from './durable/overdue-timers.ts';

/** A durable process that has a timer or a step that is due. */
export interface DueInstance {
  readonly storeId: string;
  readonly instance: string;
}

export interface ProcessServices {
  readonly commands: CommandEngine;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly calendar: Calendar;
  /** Absent where none is configured. */
  readonly paymentProvider?: PaymentProvider | undefined;
  /** Payments through accounts of shops. Absent: none are possible. */
  readonly connectedPayments?: ConnectedPayments | undefined;
  /** Accounts of shops at providers. Absent: none is connected. */
  readonly connections?: ProviderConnections | undefined;
  /** All events of a stream, the oldest first, as this code knows them. @throws UpstreamError. */
  readonly eventsOf: (stream: string) => Promise<readonly RecordedEvent[]>;
  /**
   * Instances of a process with something to do before that time, as far as the read model of
   * processes knows: it may lag behind, so the log is asked before anything is done.
   */
  readonly dueInstances: (process: string, before: string) => Promise<readonly DueInstance[]>;
}

interface Described {
  readonly name: string;
  readonly categories: readonly Category[];
  /** Event types it reacts to; other events are skipped. */
  readonly eventTypes: readonly string[];
  /**
   * `head`: a process that is new in a log does not react to what was recorded before. The log
   * remembers where it began. By default it begins with the first event.
   */
  readonly startAt?: 'head';
  /**
   * Reacts to an event so long after it was recorded, at the earliest: the request that caused it
   * has the time to do the rest, and the process only finds it done.
   */
  readonly delayMs?: number;
}

/**
 * Reacts to events with commands whose ids derive from those events, so that a second reaction
 * changes nothing. `react` resolves when everything that follows from the event is recorded.
 */
export interface StatelessProcess extends Described {
  react(event: RecordedEvent, services: ProcessServices): Promise<void>;
}

/** A process while its engine runs it. */
export interface OpenProcess {
  react(event: RecordedEvent): Promise<void>;
  /** Events with other keys are reacted to side by side, and those of one key in order. */
  readonly keyOf?: (event: RecordedEvent) => string;
  /** Most events that are reacted to at once. Default 1. */
  readonly maxConcurrent?: number;
  /** Called after the events that were reacted to at once, before they count as done. */
  settle?(): Promise<void>;
  /** Its timers, where it has any. */
  timers?(): TimerReport;
  /** Its work beside events, such as timers, until the engine stops. */
  run?(): Promise<void>;
}

/** A process with work of its own beside reactions. */
export interface OpenableProcess extends Described {
  /** Set for a process with a memory. */
  readonly durable?: DurableProcess;
  open(services: ProcessServices, stopping: AbortSignal): OpenProcess;
}

export type ProcessManager = StatelessProcess | OpenableProcess;

export function openProcess(
  process: ProcessManager,
  services: ProcessServices,
  stopping: AbortSignal,
): OpenProcess {
  if ('open' in process) return process.open(services, stopping);
  return { react: (event) => process.react(event, services) };
}
