import { deliveryDecider } from '../domain/deliveries/index.ts';
import type { RecordedEvent } from '../domain/kernel/event.ts';
import type { CommandEngine } from '../engine/commands/command-engine.ts';
import type { StatelessProcess } from '../engine/processes/process-manager.ts';
import type { ProjectionView } from '../engine/projections/projection-view.ts';
import type { DocumentQueries } from '../ports/read-store.ts';
import type { Delivery } from '../projections/deliveries/document.ts';
import { deliveries, deliveryKey } from '../projections/deliveries/projection.ts';

const NAME = 'message-erasure';
/** Deliveries of one person that are read at once. */
const PAGE = 200;
const MAX_WAIT_MS = 10_000;
const REASON = 'The personal data of the person was erased.';

interface MessageErasureParts {
  readonly readStore: DocumentQueries;
  readonly projections: () => Pick<ProjectionView, 'serving' | 'waitFor'>;
}

/**
 * Erases the messages to a person whose personal data is erased: each has a key of its own, which
 * is destroyed after its event. Until the read model of deliveries has come to the erasure, the
 * process fails and is tried again, so that no message before it is left out.
 */
export function messageErasure({ readStore, projections }: MessageErasureParts): StatelessProcess {
  async function pageOf(storeId: string, personId: string, last: Delivery | undefined) {
    const collection = projections().serving(deliveries.name);
    if (collection === undefined) throw new Error('the read model of deliveries is being built');
    const after = last && {
      value: last.requestedAt,
      key: deliveryKey(storeId, last.deliveryId),
    };
    const found = await readStore.forStore(storeId).find<Delivery>(collection, {
      where: { personId },
      orderBy: 'requestedAt',
      limit: PAGE,
      ...(after && { after }),
    });
    return found.map(({ body }) => body);
  }

  return {
    name: NAME,
    categories: ['account'],
    eventTypes: ['CustomerDataErased'],
    async react(recorded, { commands }) {
      const { storeId } = recorded.metadata;
      const { customerId } = recorded.data as { readonly customerId: string };
      const { position } = recorded;
      if (!(await projections().waitFor(deliveries.name, position, MAX_WAIT_MS))) {
        throw new Error('the read model of deliveries is behind the erasure');
      }
      for (let last: Delivery | undefined; ;) {
        const page = await pageOf(storeId, customerId, last);
        for (const { deliveryId } of page) await erase(commands, recorded, deliveryId);
        last = page.at(-1);
        if (page.length < PAGE) return;
      }
    },
  };
}

async function erase(
  commands: CommandEngine,
  { id, metadata, recordedAt }: RecordedEvent,
  entityId: string,
): Promise<void> {
  const { storeId, correlationId } = metadata;
  await commands.execute(deliveryDecider, {
    command: { type: 'EraseDelivery', data: { reason: REASON } },
    context: {
      ...{ storeId, entityId, commandId: `event ${id}` },
      ...{ now: recordedAt, businessDay: recordedAt.slice(0, 10) },
    },
    actor: { kind: 'process', id: NAME },
    correlationId,
    causationId: id,
  });
}
