import type { Notification, Notifier } from '../../../src/commands/notifications/notify.ts';
import { DomainError, InvariantError } from '../../../src/domain/kernel/errors.ts';
import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { formatInstant } from '../../../src/domain/kernel/instant.ts';
import type {
  OpenProcess,
  ProcessServices,
} from '../../../src/engine/processes/process-manager.ts';
import {
  eventNotifications,
  MAX_AGE_MS,
} from '../../../src/processes/notifications/event-notifications.ts';

const NOW_MS = Date.UTC(2030, 0, 31);
const ORDER = {
  ...{ status: 'CONFIRMED', orderId: 'o-1', customerId: 'marta', currency: 'USD' },
  ...{ pricing: 'computed', totals: { totalMinor: 1250 } },
  ...{ paid: { cash: 0 }, refunded: { cash: 0 } },
};

function recorded(type: string, data: object, more: Partial<RecordedEvent> = {}): RecordedEvent {
  return {
    ...{ id: 'event-1', type, data, stream: 'order-a.o-1' },
    metadata: { storeId: 'a', correlationId: 'c-1', actor: { kind: 'key', id: 'till' } },
    recordedAt: formatInstant(NOW_MS),
    ...more,
  } as unknown as RecordedEvent;
}

const confirmed = (more: Partial<RecordedEvent> = {}) =>
  recorded('OrderStatusChanged', { orderId: 'o-1', to: 'CONFIRMED' }, more);

interface World {
  readonly sent: Notification[];
  readonly errors: string[];
  process(order?: object, failure?: Error): OpenProcess;
}

function openWorld(): World {
  const sent: Notification[] = [];
  const errors: string[] = [];
  return {
    sent,
    errors,
    process(order = ORDER, failure) {
      const notify: Notifier['notify'] = async (notification) => {
        if (failure) throw failure;
        sent.push(notification);
        return { deliveries: [], suppressed: [] };
      };
      const services = {
        commands: { load: async () => ({ state: order }) },
        clock: { now: () => NOW_MS },
        logger: { error: (_fields: object, text: string) => errors.push(text) },
      } as unknown as ProcessServices;
      const process = eventNotifications({ notify } as Notifier);
      return process.open(services, new AbortController().signal);
    },
  };
}

let world: World;
beforeEach(() => {
  world = openWorld();
});

describe('the process of notifications', () => {
  it('names a notification after its event, so that a repeat is the same one', async () => {
    const process = world.process();
    await process.react(confirmed());
    await process.react(confirmed());
    expect(world.sent.map(({ notificationId }) => notificationId)).toEqual([
      'event event-1',
      'event event-1',
    ]);
    expect(world.sent[0]).toMatchObject({
      ...{ storeId: 'a', topic: 'order-confirmation', personId: 'marta', about: 'o-1' },
      variables: { orderNumber: 'o-1', total: '12.50 USD' },
    });
  });

  it('starts at the head of the log: history notifies no person', () => {
    expect(eventNotifications({} as Notifier).startAt).toBe('head');
  });

  it('leaves out what happened longer ago than the limit', async () => {
    const at = (ms: number) => confirmed({ recordedAt: formatInstant(NOW_MS - ms) });
    await world.process().react(at(MAX_AGE_MS + 1));
    expect(world.sent).toEqual([]);
    await world.process().react(at(MAX_AGE_MS));
    expect(world.sent).toHaveLength(1);
  });

  it('leaves out imported orders, those without a customer, and unknown ones', async () => {
    for (const order of [
      { ...ORDER, pricing: 'given' },
      { ...ORDER, customerId: undefined },
      { status: 'none' },
    ]) {
      await world.process(order).react(confirmed());
    }
    expect(world.sent).toEqual([]);
  });

  it('says in both languages why a payment failed, and no more than a customer may know', async () => {
    const failed = (reason: string) => recorded('PaymentFailed', { orderId: 'o-1', reason });
    const process = world.process();
    await process.react(failed('insufficient_funds'));
    await process.react(failed('fraud_suspected'));
    const said = world.sent.map(({ variables }) =>
      (['en', 'es'] as const).map((language) =>
        typeof variables === 'function' ? variables(language)['reason'] : undefined,
      ),
    );
    expect(said).toEqual([
      ['the card has insufficient funds', 'la tarjeta no tiene fondos suficientes'],
      ['the payment was declined', 'el pago ha sido rechazado'],
    ]);
  });

  it('logs what cannot be sent as it is, and goes on', async () => {
    const refusal = new DomainError('template_invalid', 'a template that cannot be filled');
    await world.process(ORDER, refusal).react(confirmed());
    expect(world.errors).toEqual(['notification cannot be sent']);
  });

  it('fails for anything else, so that the event is met again', async () => {
    const failure = new InvariantError('an engine that works');
    await expect(world.process(ORDER, failure).react(confirmed())).rejects.toBe(failure);
  });
});
