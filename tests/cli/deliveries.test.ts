import { createApiClient } from '../../src/cli/api-client.ts';
import { editDelivery } from '../../src/cli/deliveries/edit.ts';
import {
  cancelDelivery,
  listDeliveries,
  retryDelivery,
  showDelivery,
} from '../../src/cli/deliveries/operations.ts';
import { retrySince } from '../../src/cli/deliveries/retry-since.ts';
import type { SendOutcome } from '../../src/ports/delivery-channel.ts';
import { openShop, type Shop } from '../api/routes/support/shop.ts';
import { keyOf } from '../api/support/api-world.ts';

let shop: Shop;
let deliveryId: string;
beforeAll(async () => {
  // Without a mail server, messages wait.
  shop = await openShop();
  const requested = await shop.post('/deliveries', {
    ...{ channel: 'email', priority: 'HIGH', personId: 'marta', recipient: 'marta@example.org' },
    content: { subject: 'Your table', text: 'Ready at eight.' },
  });
  deliveryId = String(requested.body['deliveryId']);
  await shop.world.caughtUp();
});
afterAll(() => shop.stop());

function printing(json: boolean) {
  const printed: string[] = [];
  const client = createApiClient(shop.world.url, keyOf('a'));
  return { client, json, out: (text: string) => printed.push(text), printed };
}

describe('tillstream deliveries', () => {
  it('lists messages with their state, and filters them', async () => {
    const to = printing(false);
    await listDeliveries(to, { state: 'waiting' }, 10);
    expect(to.printed.join('')).toContain(
      `${deliveryId}  waiting  email  HIGH  -  marta@example.org  0 attempts`,
    );
    const none = printing(false);
    await listDeliveries(none, { personId: 'ana' }, 10);
    expect(none.printed).toEqual(['no deliveries\n']);
  });

  it('shows one message, as JSON with everything', async () => {
    const to = printing(true);
    await showDelivery(to, deliveryId);
    expect(JSON.parse(to.printed.join(''))).toMatchObject({ deliveryId, attempts: [] });
  });

  it('retries a message, then cancels it, and passes on that it is cancelled', async () => {
    const to = printing(false);
    await retryDelivery(to, deliveryId);
    await cancelDelivery(to, deliveryId, 'the table is free again');
    expect(to.printed).toEqual([`${deliveryId}: waiting\n`, `${deliveryId}: cancelled\n`]);
    await expect(retryDelivery(to, deliveryId)).rejects.toThrow('delivery_cancelled');
    await shop.world.caughtUp();
    const after = printing(false);
    await showDelivery(after, deliveryId);
    expect(after.printed.join('')).toContain('the table is free again');
  });

  it('passes on that there is no such message', async () => {
    await expect(showDelivery(printing(false), 'none')).rejects.toThrow('delivery_not_found');
  });
});

describe('tillstream deliveries for what is parked', () => {
  const REFUSED: SendOutcome = {
    ...{ outcome: 'failed', failureClass: 'permanent', code: 'smtp_550', reason: 'No mailbox.' },
  };
  const sent: { to: string; text: string; html?: string | undefined }[] = [];
  let isRefusing: boolean;
  let parking: Shop;
  beforeEach(async () => {
    sent.length = 0;
    isRefusing = true;
    parking = await openShop({
      transports: {
        email: {
          send: ({ to, text, html }) => {
            if (!isRefusing) sent.push({ to, text, html });
            return Promise.resolve(isRefusing ? REFUSED : { outcome: 'accepted' });
          },
          close: () => Promise.resolve(),
        },
      },
    });
  });
  afterEach(() => parking.stop());

  const to = (json = false) => {
    const printed: string[] = [];
    const client = createApiClient(parking.world.url, keyOf('a'));
    return { client, json, out: (text: string) => printed.push(text), printed };
  };

  async function park(recipient: string): Promise<string> {
    const requested = await parking.post('/deliveries', {
      ...{ channel: 'email', priority: 'NORMAL', recipient },
      content: { subject: 'Your table', text: 'Redy at eight.', html: '<p>Redy</p>' },
    });
    const id = String(requested.body['deliveryId']);
    await untilState(id, 'parked');
    return id;
  }

  async function untilState(id: string, state: string): Promise<void> {
    for (;;) {
      const after = await parking.world.log.head();
      if ((await parking.get(`/deliveries/${id}`)).body['state'] === state) return;
      const { signal } = new AbortController();
      for await (const { kind } of parking.world.log.subscribe({ after, signal })) {
        if (kind === 'events') break;
      }
    }
  }

  it('corrects address and text, and sends it without the HTML of before', async () => {
    const id = await park('marta@example.og');
    isRefusing = false;
    await editDelivery(to(), id, { recipient: 'marta@example.org', text: 'Ready at eight.' });
    await untilState(id, 'succeeded');
    expect(sent).toEqual([{ to: 'marta@example.org', text: 'Ready at eight.', html: undefined }]);
  });

  it('expects something to correct, and a subject only of an e-mail', async () => {
    const id = await park('marta@example.og');
    await expect(editDelivery(to(), id, {})).rejects.toThrow('nothing to correct');
    await expect(editDelivery(to(), 'none', { subject: 'Table' })).rejects.toThrow(
      'delivery_not_found',
    );
  });

  it('sends all again that were parked since a time', async () => {
    const ids = [await park('a@example.org'), await park('b@example.org')];
    isRefusing = false;
    const printing = to();
    await retrySince(printing, '2020-01-01');
    expect(printing.printed).toEqual(['2 sent again\n']);
    for (const id of ids) await untilState(id, 'succeeded');
    const nothing = to(true);
    await retrySince(nothing, '2020-01-01T00:00:00Z');
    expect(nothing.printed).toEqual(['{"retried":[]}\n']);
    await expect(retrySince(to(), 'yesterday')).rejects.toThrow('expected a time');
    await expect(retrySince({ ...to(), system: true }, '2020-01-01')).rejects.toThrow('--system');
  });
});
