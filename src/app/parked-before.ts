import { deliveryDecider } from '../domain/deliveries/index.ts';
import { streamName } from '../domain/kernel/names.ts';
import type { Position } from '../domain/kernel/position.ts';
import type { ShopSource } from '../domain/kernel/shop.ts';
import type { ParkedDelivery } from '../engine/deliveries/parked-deliveries.ts';
import type { ProjectionView } from '../engine/projections/projection-view.ts';
import type { StoreDocuments } from '../ports/read-store.ts';
import type { Delivery } from '../projections/deliveries/document.ts';
import { deliveries, deliveryKey } from '../projections/deliveries/projection.ts';
import type { Ports } from './options.ts';

/** Documents that are read at once. */
const PAGE = 200;
/** Sending must not depend on a read model: without it, what was parked before is not counted. */
const MAX_WAIT_MS = 2_000;

interface ParkedBeforeParts {
  readonly ports: Pick<Ports, 'readStore' | 'logger'>;
  readonly shops: ShopSource;
  readonly projections: Pick<ProjectionView, 'serving' | 'waitFor'>;
}

/** The parked deliveries of all shops, by the read model, once it has come to the position. */
export async function* parkedBefore(
  { ports, shops, projections }: ParkedBeforeParts,
  position: Position,
): AsyncGenerator<ParkedDelivery> {
  const { readStore, logger } = ports;
  const collection = projections.serving(deliveries.name);
  const isReady =
    collection !== undefined && (await projections.waitFor(deliveries.name, position, MAX_WAIT_MS));
  if (!isReady) {
    logger.warn({}, 'the read model of deliveries is behind: older parked ones are not counted');
    return;
  }
  for (const { id } of shops()) yield* parkedIn(readStore.forStore(id), collection, id);
}

async function* parkedIn(
  documents: StoreDocuments,
  collection: string,
  storeId: string,
): AsyncGenerator<ParkedDelivery> {
  for (let last: Delivery | undefined; ;) {
    const found = await documents.find<Delivery>(collection, {
      where: { state: 'parked' },
      orderBy: 'parkedAt',
      limit: PAGE,
      ...(last && {
        after: { value: last.parkedAt ?? '', key: deliveryKey(storeId, last.deliveryId) },
      }),
    });
    for (const { body } of found) {
      const { deliveryId, channel, revision } = body;
      yield { key: streamName(deliveryDecider.category, storeId, deliveryId), channel, revision };
    }
    last = found.at(-1)?.body;
    if (found.length < PAGE) return;
  }
}
