import { type EventTypes, eventTypes } from '../domain/kernel/event-types.ts';
import { ENGINE_EVENT_TYPES } from '../engine/commands/engine-events.ts';
import { PROJECTION_EVENT_TYPES } from '../engine/projections/engine-events.ts';
import type { Feature } from './feature.ts';

/** All event types of the log: of the features and of the engines. */
export function eventTypesOf(features: readonly Feature[]): EventTypes {
  return eventTypes(
    ENGINE_EVENT_TYPES,
    PROJECTION_EVENT_TYPES,
    ...features.map((feature) => feature.events.types),
  );
}
