import { createDeliveryLedger } from '../commands/deliveries/ledger.ts';
import { deliveryDecider, type DeliveryEvent } from '../domain/deliveries/index.ts';
import type { RecordedEvent } from '../domain/kernel/event.ts';
import { type EventTypes, upcast } from '../domain/kernel/event-types.ts';
import { instantMs } from '../domain/kernel/instant.ts';
import type { ShopSource } from '../domain/kernel/shop.ts';
import type { CommandEngine } from '../engine/commands/command-engine.ts';
import { createDeliveryWorker, type DeliveryWorker } from '../engine/deliveries/delivery-worker.ts';
import type { DueChange } from '../engine/deliveries/due-entry.ts';
import type { DeliveryRef } from '../engine/deliveries/ledger.ts';
import type { WorkLease } from '../engine/leases/work-unit.ts';
import type { ProjectionView } from '../engine/projections/projection-view.ts';
import type { DeliveryChannel } from '../ports/delivery-channel.ts';
import { NO_METRICS } from '../ports/metrics.ts';
import type { CheckpointStore } from '../ports/read-store.ts';
import { channelsOf } from './channels.ts';
import type { Ports } from './options.ts';
import { parkedBefore } from './parked-before.ts';

export interface DeliveriesOptions {
  readonly ports: Ports;
  readonly types: EventTypes;
  readonly commands: CommandEngine;
  readonly processStore: CheckpointStore;
  /** Channels of the system itself, beside those to people. */
  readonly moreChannels: readonly DeliveryChannel[];
  readonly lease?: WorkLease;
  readonly alone: boolean;
  readonly shops: ShopSource;
  readonly projections: Pick<ProjectionView, 'serving' | 'waitFor'>;
}

/** The machine of the deliveries over the aggregate of this product. */
export function createDeliveries(options: DeliveriesOptions): DeliveryWorker {
  const { ports, types, commands, processStore, moreChannels, lease, alone } = options;
  const { log, clock, ids, logger, metrics = NO_METRICS } = ports;
  return createDeliveryWorker({
    ...{ log, clock, ids, logger, alone },
    store: processStore,
    ledger: createDeliveryLedger({ commands, clock }),
    channels: [...channelsOf(ports), ...moreChannels],
    onAttempt: ({ channel: queue, accepted, ms }) => {
      const labels = { queue, status: accepted ? 'completed' : 'failed' };
      metrics.increment('queue_jobs_processed_total', labels);
      metrics.observe('queue_job_duration_seconds', labels, ms / 1_000);
    },
    categories: [deliveryDecider.category],
    parkedBefore: (position) => parkedBefore(options, position),
    change: (event) => dueChange(types, event),
    ...(lease && { lease }),
  });
}

/** What an event means for the time at which its delivery is due; undefined for a refusal. */
export function dueChange(
  types: EventTypes,
  recorded: RecordedEvent,
): { ref: DeliveryRef; change: DueChange } | undefined {
  if (recorded.type === 'CommandRefused') return undefined;
  const event = upcast(types, recorded) as unknown as DeliveryEvent;
  // What the other side reports does not change when it is due.
  if (event.type === 'DeliveryReported') return undefined;
  const ref = { storeId: recorded.metadata.storeId, deliveryId: event.data.deliveryId };
  return { ref, change: changeOf(event) };
}

function changeOf(event: Exclude<DeliveryEvent, { type: 'DeliveryReported' }>): DueChange {
  switch (event.type) {
    case 'DeliveryRequested':
    case 'DeliveryResent': {
      const { channel, priority, orderKey, expiresAt } = event.data;
      return {
        ...{ kind: 'opened', channel, priority, expiresAtMs: instantMs(expiresAt) },
        ...(orderKey !== undefined && { orderKey }),
      };
    }
    case 'DeliveryAttempted': {
      const { attempt, staleAt } = event.data;
      return { kind: 'sending', attempt, dueAtMs: instantMs(staleAt) };
    }
    case 'DeliveryFailed':
      return { kind: 'waiting', dueAtMs: instantMs(event.data.nextAttemptAt) };
    case 'DeliveryParked':
    case 'DeliveryExpired':
      return { kind: 'parked' };
    case 'DeliverySucceeded':
    case 'DeliveryCancelled':
    case 'DeliveryErased':
      return { kind: 'ended' };
  }
}
