import type { CommandRefused } from '../../domain/kernel/event-types.ts';
import type { EntityEvent } from '../../domain/sync/entities/events.ts';
import type { EpochEvent } from '../../domain/sync/epochs/events.ts';
import type { FactEvent } from '../../domain/sync/facts/events.ts';
import type { SegmentEvent } from '../../domain/sync/segments/events.ts';
import type { WaitEvent } from '../../domain/sync/waits/events.ts';

type SyncEvent = FactEvent | SegmentEvent | EpochEvent | WaitEvent | EntityEvent;

/** An event about the facts of devices in one plain sentence. */
export function describeSyncEvent(event: SyncEvent | CommandRefused): string {
  switch (event.type) {
    case 'CommandRefused':
      return `Refused ${event.data.command}: ${event.data.message}`;
    case 'FactsKept':
      return `Kept ${event.data.facts.length} facts of device ${event.data.deviceId}`;
    case 'FactForked':
      return `Device ${event.data.deviceId} sent another fact with number ${event.data.seq}`;
    case 'FactReceived':
      return `Device ${event.data.deviceId} sent a fact without a number`;
    case 'FactJudged': {
      const { type, status, detail } = event.data;
      return `${type} was ${status}${detail === undefined ? '' : `: ${detail}`}`;
    }
    case 'FactIdReused':
      return `Device ${event.data.deviceId} sent another fact with the same id`;
    case 'FactSetAside':
      return `Set aside what device ${event.data.deviceId} sent: ${event.data.detail}`;
    case 'FactWaits':
      return `A fact of device ${event.data.kept.deviceId} waits for ${event.data.cause}`;
    case 'DeviceEpochOpened':
      return `Device ${event.data.deviceId} began to number its facts from 1`;
    case 'DeviceEpochForked':
      return `Two devices send facts as ${event.data.deviceId}`;
    case 'DeviceDeclared':
      return `Device ${event.data.deviceId} has ${event.data.declared.lastSeq} facts`;
    case 'EntityFactMerged':
      return `${event.data.actor} changed ${event.data.entity} at device ${event.data.deviceId}`;
    case 'ConflictFound':
      return event.data.words;
    case 'ConflictEnded':
      return `${event.data.by} wrote a version that knows both`;
    case 'ConflictVersionChosen':
      return `${event.data.by} chose the version of ${event.data.chosen}`;
  }
}
