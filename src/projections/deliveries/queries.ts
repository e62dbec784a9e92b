import {
  findPage,
  type Page,
  type PageRequest,
  type Reads,
  wherePresent,
} from '../../engine/projections/reads.ts';
import type { Delivery, DeliverySummary } from './document.ts';
import { deliveries, deliveryKey } from './projection.ts';

export interface DeliveryFilter {
  readonly state?: Delivery['state'] | undefined;
  readonly channel?: Delivery['channel'] | undefined;
  readonly personId?: string | undefined;
}

export async function findDelivery(
  reads: Reads,
  storeId: string,
  deliveryId: string,
): Promise<Delivery | undefined> {
  const found = await reads.get<Delivery>(deliveries.name, deliveryKey(storeId, deliveryId));
  return found?.body;
}

/** Deliveries by the time at which they were requested, the newest first. */
export async function listDeliveries(
  reads: Reads,
  filter: DeliveryFilter,
  request: PageRequest,
): Promise<Page<DeliverySummary>> {
  const { state, channel, personId } = filter;
  const where = wherePresent({ state, channel, personId });
  const query = { where, orderBy: 'requestedAt', direction: 'descending' } as const;
  const page = await findPage<Delivery>(reads, deliveries.name, query, request);
  return { ...page, items: page.items.map(summaryOf) };
}

/** Parked deliveries from a time on, the oldest first. */
export async function parkedSince(
  reads: Reads,
  since: string,
  limit: number,
): Promise<readonly Delivery[]> {
  const found = await reads.find<Delivery>(deliveries.name, {
    where: { state: 'parked' },
    range: { field: 'parkedAt', from: since },
    orderBy: 'parkedAt',
    limit,
  });
  return found.map(({ body }) => body);
}

/** Documents of one read. */
const READ = 1_000;

/** Deliveries of a channel that were requested since a time, the oldest first. */
export async function* deliveriesSince(
  reads: Reads,
  channel: Delivery['channel'],
  since: string,
): AsyncGenerator<Delivery> {
  let after: { readonly value: string; readonly key: string } | undefined;
  for (;;) {
    const page = await reads.find<Delivery>(deliveries.name, {
      where: { channel },
      range: { field: 'requestedAt', from: since },
      ...{ orderBy: 'requestedAt', limit: READ },
      ...(after && { after }),
    });
    for (const { body } of page) yield body;
    const last = page.at(-1);
    if (!last || page.length < READ) return;
    after = { value: last.body.requestedAt, key: last.key };
  }
}

/** What waits to be sent. */
export interface Queue {
  /** `READ` at most. */
  readonly depth: number;
  readonly oldestAt?: string;
}

/** The deliveries of a channel that wait, among the oldest of all that wait. */
export async function queueOf(reads: Reads, channel: Delivery['channel']): Promise<Queue> {
  const found = await reads.find<Delivery>(deliveries.name, {
    where: { state: 'waiting' },
    ...{ orderBy: 'requestedAt', limit: READ },
  });
  const own = found.filter(({ body }) => body.channel === channel);
  const [oldest] = own;
  return { depth: own.length, ...(oldest && { oldestAt: oldest.body.requestedAt }) };
}

function summaryOf({ content: _content, attempts: _attempts, ...rest }: Delivery): DeliverySummary {
  return rest;
}
