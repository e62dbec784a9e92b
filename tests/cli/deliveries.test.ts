import { createApiClient } from '../../src/cli/api-client.ts';
import {
  cancelDelivery,
  listDeliveries,
  retryDelivery,
  showDelivery,
} from '../../src/cli/deliveries/operations.ts';
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
