import { eraseRecipient, loadRecipient } from '../commands/notifications/recipients.ts';
import type { AccountEvent } from '../domain/accounts/index.ts';
import { deliveryDecider, type DeliveryEvent } from '../domain/deliveries/index.ts';
import type { UserEvent } from '../domain/identity/index.ts';
import type { RecordedEvent } from '../domain/kernel/event.ts';
import { comparePositions, type Position } from '../domain/kernel/position.ts';
import type { CommandEngine } from '../engine/commands/command-engine.ts';
import type { OpenableProcess, ProcessServices } from '../engine/processes/process-manager.ts';
import type { ProjectionView } from '../engine/projections/projection-view.ts';
import type { DocumentQueries } from '../ports/read-store.ts';
import type { Delivery } from '../projections/deliveries/document.ts';
import { deliveries, deliveryKey } from '../projections/deliveries/projection.ts';

const NAME = 'message-erasure';
/** Deliveries of one person that are read at once. */
const PAGE = 200;
const MAX_WAIT_MS = 10_000;
const REASON = 'The personal data of the person was erased.';
/** Events of different streams that are reacted to at once. */
const MAX_CONCURRENT = 16;

type Reacted =
  | Extract<AccountEvent, { type: 'CustomerDataErased' }>
  | Extract<UserEvent, { type: 'UserDataErased' }>
  | Extract<DeliveryEvent, { type: 'DeliveryRequested' }>;

interface MessageErasureParts {
  readonly readStore: DocumentQueries;
  readonly projections: () => Pick<ProjectionView, 'serving' | 'waitFor'>;
}

/**
 * Erases the messages to a person whose personal data is erased: each has a key of its own, which
 * is destroyed after its event. The person is marked first: a message requested before the mark is
 * found by the read model, which must have come to the mark, and one requested after it is erased
 * when the process meets its request.
 */
export function messageErasure({ readStore, projections }: MessageErasureParts): OpenableProcess {
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

  async function eraseAll(
    recorded: RecordedEvent,
    personId: string,
    { commands, clock }: ProcessServices,
  ): Promise<void> {
    const { context, ...rest } = envelope(recorded, personId);
    const { commandId } = context;
    const sequence = { ...{ commands, clock, commandId }, context, envelope: rest };
    const marked = await eraseRecipient(sequence, personId, REASON);
    const position = later(marked, recorded.position);
    if (!(await projections().waitFor(deliveries.name, position, MAX_WAIT_MS))) {
      throw new Error('the read model of deliveries is behind the erasure');
    }
    for (let last: Delivery | undefined; ;) {
      const page = await pageOf(recorded.metadata.storeId, personId, last);
      for (const { deliveryId } of page) await erase(commands, recorded, deliveryId);
      last = page.at(-1);
      if (page.length < PAGE) return;
    }
  }

  async function react(recorded: RecordedEvent, services: ProcessServices): Promise<void> {
    const event = recorded as unknown as Reacted;
    switch (event.type) {
      case 'CustomerDataErased':
        return eraseAll(recorded, event.data.customerId, services);
      case 'UserDataErased':
        return eraseAll(recorded, event.data.userId, services);
      case 'DeliveryRequested': {
        const { personId, deliveryId } = event.data;
        if (personId === undefined) return;
        const { commands } = services;
        const { storeId } = recorded.metadata;
        const { isErased } = await loadRecipient(commands, storeId, personId);
        if (isErased) await erase(commands, recorded, deliveryId);
      }
    }
  }

  return {
    name: NAME,
    categories: ['account', 'user', 'delivery'],
    eventTypes: ['CustomerDataErased', 'UserDataErased', 'DeliveryRequested'],
    open: (services) => ({
      react: (recorded) => react(recorded, services),
      keyOf: ({ stream }) => stream,
      maxConcurrent: MAX_CONCURRENT,
    }),
  };
}

async function erase(
  commands: CommandEngine,
  recorded: RecordedEvent,
  deliveryId: string,
): Promise<void> {
  await commands.execute(deliveryDecider, {
    command: { type: 'EraseDelivery', data: { reason: REASON } },
    ...envelope(recorded, deliveryId),
  });
}

function envelope({ id, metadata, recordedAt }: RecordedEvent, entityId: string) {
  const { storeId, correlationId } = metadata;
  return {
    context: {
      ...{ storeId, entityId, commandId: `event ${id}` },
      ...{ now: recordedAt, businessDay: recordedAt.slice(0, 10) },
    },
    actor: { kind: 'process', id: NAME } as const,
    correlationId,
    causationId: id,
  };
}

const later = (a: Position, b: Position): Position => (comparePositions(a, b) < 0 ? b : a);
