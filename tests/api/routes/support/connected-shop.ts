import {
  type MercadoPagoSimulator,
  startMercadoPagoSimulator,
} from '../../../../simulators/mercadopago/server.ts';
import { createProviderGuards } from '../../../../src/adapters/guards/provider-guards.ts';
import { createSafeFetch } from '../../../../src/adapters/system/safe-fetch.ts';
import { openProviderClients } from '../../../../src/boot/open-provider-clients.ts';
import { BREAKERS } from '../../../../src/ports/provider-guard.ts';
import { createFakeClock, type FakeClock } from '../../../support/fake-clock.ts';
import { APP_SECRET } from '../../../support/webhooks/apps.ts';
import type { Answer, WorldOptions } from '../../support/api-world.ts';
import { openShop, type Shop } from './shop.ts';

const TOKEN = 'TEST-token-of-the-seller-0001';
const MAX_READS = 400;

/** A payment at Mercado Pago, in major units. */
export interface SellerPayment {
  readonly reference?: string;
  readonly amount: number;
  /** The name of the test card: `APRO` when absent. */
  readonly token?: string;
}

export interface ConnectedShop {
  readonly shop: Shop;
  readonly clock: FakeClock;
  readonly simulator: MercadoPagoSimulator;
  connect(): Promise<Answer>;
  /** A payer pays; the simulator gives notice of it. */
  pay(payment: SellerPayment): Promise<string>;
  /** A payer pays on a page of the provider, all that it says unless an amount is given. */
  payAt(checkoutUrl: string, amount?: number): Promise<string>;
  /** The provider changes the status of a payment. */
  change(paymentId: string, status: string): Promise<void>;
  faults(plan: readonly object[]): Promise<void>;
  /** Posts to the API of the provider, as the seller. */
  atProvider(path: string, body: object): Promise<Record<string, unknown>>;
  /** Reads until it is as expected; the clock of the shop moves on between two reads. */
  until(
    path: string,
    isReached: (body: Answer['body']) => boolean,
    stepMs?: number,
  ): Promise<Answer['body']>;
  /** The first of a list that matches. */
  untilFirst(
    path: string,
    isReached: (item: Record<string, unknown>) => boolean,
    stepMs?: number,
  ): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

/** A shop that is connected with a simulated Mercado Pago, which posts to its webhook address. */
export async function openConnectedShop(
  options: Partial<WorldOptions> = {},
): Promise<ConnectedShop> {
  const simulator = await startMercadoPagoSimulator({
    ...{ accessToken: TOKEN, webhookSecret: APP_SECRET },
  });
  const http = createSafeFetch({ allowed: ['127.0.0.1'] });
  const clock = createFakeClock(Date.now());
  const providerClients = openProviderClients(http, `mercadopago=${simulator.url}`);
  const providerGuards = createProviderGuards({ clock, settings: BREAKERS });
  const transports = { providerClients, providerGuards };
  const shop = await openShop({ clock, transports, ...options });
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  let keys = 0;

  async function atProvider(path: string, body: object) {
    keys += 1;
    const response = await fetch(`${simulator.url}${path}`, {
      ...{ method: 'POST', body: JSON.stringify(body) },
      headers: { ...headers, 'x-idempotency-key': `key-${keys}` },
    });
    return (await response.json()) as Record<string, unknown>;
  }

  const control = (path: string, body: unknown) =>
    fetch(`${simulator.url}/control/${path}`, { method: 'PUT', body: JSON.stringify(body) });

  async function until(
    path: string,
    isReached: (body: Answer['body']) => boolean,
    stepMs = 1_000,
  ): Promise<Answer['body']> {
    for (let read = 0; read < MAX_READS; read++) {
      const { status, body } = await shop.get(path);
      if (status === 200 && isReached(body)) return body;
      await clock.advance(stepMs);
    }
    throw new Error(`${path} did not get there: ${(await shop.get(path)).text}`);
  }

  const connect = () =>
    shop.post('/integrations/mercadopago/connect', {
      ...{ account: '44444', environment: 'sandbox', accessToken: TOKEN },
    });

  return {
    ...{ shop, clock, simulator, connect, atProvider, until },
    async pay({ reference, amount, token = 'APRO' }) {
      const paid = await atProvider('/v1/payments', {
        ...{ transaction_amount: amount, payment_method_id: 'visa', token },
        ...(reference !== undefined && { external_reference: reference }),
        notification_url: `${shop.world.url}/webhooks/mercadopago/main`,
        payer: { email: 'marta@example.org' },
      });
      await simulator.finishWebhooks();
      return String(paid['id']);
    },
    async payAt(checkoutUrl, amount) {
      const preference = new URL(checkoutUrl).searchParams.get('pref_id') ?? '';
      const response = await fetch(`${simulator.url}/control/checkouts/${preference}`, {
        ...{ method: 'POST', body: JSON.stringify(amount === undefined ? {} : { amount }) },
      });
      await simulator.finishWebhooks();
      return String(((await response.json()) as { readonly id: number }).id);
    },
    async change(paymentId, status) {
      await control(`payments/${paymentId}`, { status });
      await simulator.finishWebhooks();
    },
    async faults(plan) {
      await control('faults', plan);
    },
    async untilFirst(path, isReached, stepMs) {
      const first = (body: Answer['body']) => (body['items'] as Record<string, unknown>[])[0];
      const body = await until(
        path,
        (found) => {
          const item = first(found);
          return item !== undefined && isReached(item);
        },
        stepMs,
      );
      return first(body) ?? {};
    },
    async stop() {
      await shop.stop();
      await simulator.stop();
      http.close();
    },
  };
}
