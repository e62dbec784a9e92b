import { signAsSquare } from '../../../simulators/webhooks/signatures.ts';
import type { SimRequest, SimResponse } from '../nodes/api.ts';
import type { SimNode } from '../nodes/node.ts';
import { accountOf } from '../nodes/providers.ts';
import type { Servers } from '../nodes/servers.ts';
import { markOf, SHOPS, SQUARE_APP } from '../nodes/shops.ts';
import type { Conditions } from '../world/conditions.ts';
import type { Life } from '../world/task-queue.ts';
import { areShopsConnected } from './owners.ts';
import type { Wire } from './wire.ts';

/** In the other worlds no provider sends webhooks; it does where shops are connected with it. */
const CHANCE = 0.2;
const EVENTS = 16;
const THINK_MS = 200;
const RETRY_MS = 300;
const MAX_TRIES = 40;

/** An event of a provider that was acknowledged. */
export interface Acknowledged {
  readonly shop: string;
  readonly eventId: string;
}

interface SquareOptions {
  readonly conditions: Conditions;
  readonly nodes: readonly SimNode[];
  readonly wire: Wire;
  readonly servers: Pick<Servers, 'recorded' | 'providers'>;
  /** Gets each event when its first acknowledgement arrives. */
  readonly acknowledged: Acknowledged[];
}

/** A provider that sends each event until it is acknowledged, and some of them more often. */
export function createSquare(options: SquareOptions): { work(): Promise<void> } {
  const { conditions, nodes, wire, acknowledged, servers } = options;
  const { world, weather } = conditions;
  const rnd = world.rnd('square');
  const life: Life = { name: 'square', alive: true, pausedUntil: 0 };
  const shops = SHOPS.slice(0, weather.shops);

  const pause = (ms: number) =>
    new Promise<void>((resolve) => world.at(ms * (0.5 + rnd.next()), 'square', resolve, life));

  /** A payer pays, mostly for an order of the shop; not all of it is known here by then. */
  function pay({ id: shop, currency }: (typeof SHOPS)[number], eventId: string): void {
    const orders = servers.recorded.filter(
      ({ type, metadata }) => type === 'OrderPlaced' && metadata.storeId === shop,
    );
    const { orderId } = (orders.length > 0 ? rnd.pick(orders).data : {}) as {
      readonly orderId?: string;
    };
    const status = rnd.chance(0.8) ? 'succeeded' : rnd.chance(0.5) ? 'pending' : 'failed';
    servers.providers.payments.push({
      ...{ provider: 'square', account: accountOf(shop), id: `payment-${eventId}` },
      ...{ status, providerStatus: status.toUpperCase(), currency },
      ...{ amountMinor: 1 + rnd.below(3_000), refundedMinor: 0 },
      reference: orderId !== undefined && rnd.chance(0.9) ? orderId : `elsewhere-${eventId}`,
      updatedAt: new Date(world.startedAt + world.now).toISOString(),
    });
  }

  function requestOf(shop: string, eventId: string): SimRequest {
    const payment = { id: `payment-${eventId}`, order_id: `order-${eventId}`, note: markOf(shop) };
    const body = JSON.stringify({
      merchant_id: `merchant-${shop}`,
      type: rnd.chance(0.9) ? 'payment.updated' : 'robot.updated',
      event_id: eventId,
      created_at: '2026-01-15T18:00:00.000Z',
      data: { type: 'payment', id: payment.id, object: { payment } },
    });
    const { secrets, url } = SQUARE_APP;
    const { headers } = signAsSquare(secrets[0] ?? '', url, body);
    return { method: 'POST', url: '/webhooks/square/main', headers, body };
  }

  const isTaken = (answer: SimResponse | undefined) => answer?.status === 200;

  async function deliver(shop: string, eventId: string): Promise<void> {
    const request = requestOf(shop, eventId);
    const send = () => wire.send(life, rnd.pick(nodes), request);
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      if (tries > 0) await pause(RETRY_MS);
      const answers = await Promise.all(rnd.chance(0.2) ? [send(), send()] : [send()]);
      if (!answers.some(isTaken)) continue;
      acknowledged.push({ shop, eventId });
      break;
    }
    if (rnd.chance(0.3)) await send();
  }

  return {
    async work() {
      if (!rnd.chance(CHANCE) && !areShopsConnected(conditions)) return;
      for (let i = 0; i < EVENTS; i++) {
        await pause(THINK_MS);
        const shop = rnd.pick(shops);
        pay(shop, `event-${i}`);
        await deliver(shop.id, `event-${i}`);
      }
    },
  };
}
