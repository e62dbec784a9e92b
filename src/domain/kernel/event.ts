import type { Position } from './position.ts';

/** Plain JSON, the only thing that events, documents and snapshots may hold. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface Actor {
  readonly kind: 'key' | 'user' | 'device' | 'process' | 'operator' | 'import' | 'system';
  readonly id: string;
}

/** From where a request came. */
export interface CallerOrigin {
  /** Network address. */
  readonly address?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly sessionId?: string | undefined;
}

/**
 * What is known about an event beside its data.
 *
 * `fields` holds one short hash per top-level field of the command, so that a key used again with
 * another body can be refused by naming the field. `occurredAt` is the device's claim about when
 * it happened; `recordedAt` of a recorded event is ours. `origin` is the encrypted CallerOrigin.
 */
export interface EventMetadata {
  readonly storeId: string;
  readonly branchId?: string;
  readonly commandId: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly correlationId: string;
  readonly causationId: string;
  readonly actor: Actor;
  readonly deviceId?: string;
  readonly occurredAt?: string;
  readonly origin?: string;
  readonly schemaVersion: number;
}

/** What a decider yields: a fact, with nothing about who, when or where. */
export interface DomainEvent<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
}

/**
 * An event about to be appended. Its id is drawn once per attempt and kept when that attempt
 * repeats.
 */
export interface NewEvent<Type extends string = string, Data = unknown> {
  readonly id: string;
  readonly type: Type;
  readonly data: Data;
  readonly metadata: EventMetadata;
  /**
   * When it was recorded first, for one that is carried over from an export (K16). Absent: the log
   * says when, as for every event that is new.
   */
  readonly recordedAt?: string;
}

/** An event that the log holds, as its writer knows it. */
export interface AppendedEvent<Type extends string = string, Data = unknown> extends NewEvent<
  Type,
  Data
> {
  readonly stream: string;
  /** Counts from 0 within its stream. */
  readonly revision: number;
}

/** An event as the log holds it. */
export interface RecordedEvent<Type extends string = string, Data = unknown> extends AppendedEvent<
  Type,
  Data
> {
  readonly position: Position;
  readonly recordedAt: string;
  /**
   * What was expected, where the stored form is not that of an event of Tillstream: `data` is then
   * what was found, and only id, type, stream, revision, position and time of the rest are stored.
   */
  readonly unreadable?: string;
}
