import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import {
  type MercadoPagoSimulator,
  startMercadoPagoSimulator,
} from '../../simulators/mercadopago/server.ts';
import { type ApiClient, createApiClient } from '../../src/cli/api-client.ts';
import { type Acknowledged, checkEverything } from '../crash/checkers.ts';
import { keyOf, type ServerProcess, startServer } from '../support/server-process.ts';
import { APP_SECRET, mercadoPagoNotice } from '../support/webhooks/apps.ts';

const PRELOAD = new URL('./failpoints.preload.mjs', import.meta.url).href;
const TOKEN = 'TEST-static-token';
const PRICE_MINOR = 1_500;
/** A notice has fewer commits than these until its order is paid, and more than those. */
/** Deaths at writes that have nothing to do with the notice. */
const MAX_OTHERS = 5;
const MAX_COMMITS = 30;
const MIN_COMMITS = 4;
const POLL_MS = 20;
const ENDS_MS = 30_000;
const LIMIT_MS = 560_000;

type Body = Readonly<Record<string, unknown>>;

/** A sale whose payer has paid at the provider. */
interface Paid {
  readonly orderId: string;
  readonly paymentId: string;
}

/** Dies between append and answer, between answer and application, and after each step of it. */
describe('a notice of a payment', () => {
  let dataDir: string;
  let provider: MercadoPagoSimulator;
  const acknowledged: Acknowledged[] = [];
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'tillstream-notices-'));
    provider = await startMercadoPagoSimulator();
    acknowledged.length = 0;
  });
  afterEach(async () => {
    await provider.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const settings = () => ({
    PROVIDER_URLS: `mercadopago=${provider.url}`,
    OUTGOING_ALLOWED: '127.0.0.1',
    PROVIDER_APPS: JSON.stringify([
      {
        ...{ provider: 'mercadopago', app: 'main', secrets: [APP_SECRET] },
        accounts: { '44444': 'main' },
      },
    ]),
  });
  const clientOf = (server: ServerProcess) =>
    createApiClient(server.url, keyOf(dataDir, 'manager'));

  async function post(api: ApiClient, path: string, key: string, body: unknown): Promise<Body> {
    const answer = await api.post(path, { key, body });
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    acknowledged.push({ key, position: answer.position });
    return answer.body;
  }

  async function sell(api: ApiClient, name: string): Promise<Paid> {
    const lines = [{ name: 'Lunch', quantity: '1', unitPriceMinor: PRICE_MINOR }];
    const order = { currency: 'USD', lines };
    const { orderId } = await post(api, '/orders', `sale-${name}`, order);
    const response = await fetch(`${provider.url}/v1/payments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'x-idempotency-key': name },
      body: JSON.stringify({
        ...{ transaction_amount: PRICE_MINOR / 100, payment_method_id: 'visa', token: 'APRO' },
        ...{ external_reference: orderId, payer: { email: 'ana@example.org' } },
      }),
    });
    const { id } = (await response.json()) as { readonly id: number };
    return { orderId: String(orderId), paymentId: String(id) };
  }

  /** Undefined: there was no answer. */
  async function report(server: ServerProcess, { paymentId }: Paid): Promise<Body | undefined> {
    const { query, headers, body } = mercadoPagoNotice(paymentId);
    const url = `${server.url}/webhooks/mercadopago/main${query}`;
    try {
      const response = await fetch(url, { method: 'POST', headers, body });
      return (await response.json()) as Body;
    } catch {
      return undefined;
    }
  }

  async function until(
    api: ApiClient,
    path: string,
    isReached: (body: Body) => boolean,
  ): Promise<Body> {
    for (const untilMs = Date.now() + ENDS_MS; Date.now() < untilMs;) {
      const { status, body } = await api.get(path);
      if (status === 200 && isReached(body)) return body;
      await pause(POLL_MS);
    }
    throw new Error(`${path} did not get there: ${JSON.stringify((await api.get(path)).body)}`);
  }

  /** The fault that was planned has met the look-up: it is under way. */
  async function untilLookedUp(): Promise<void> {
    for (const untilMs = Date.now() + ENDS_MS; Date.now() < untilMs;) {
      const response = await fetch(`${provider.url}/control/faults`);
      const { planned } = (await response.json()) as { readonly planned: readonly unknown[] };
      if (planned.length === 0) return;
      await pause(POLL_MS);
    }
    throw new Error('the payment was not looked up');
  }

  /** The order is paid, and its payment and notice are decided. */
  async function untilApplied(api: ApiClient, { orderId, paymentId }: Paid): Promise<void> {
    await until(api, `/orders/${orderId}`, ({ paidMinor }) => paidMinor === PRICE_MINOR);
    const attempt = `/payment-attempts/mercadopago-${paymentId}`;
    await until(api, attempt, ({ appliedMinor }) => appliedMinor === PRICE_MINOR);
    await until(api, `/webhook-notices?entityId=${paymentId}`, ({ items }) =>
      (items as Body[]).every(({ status }) => status === 'processed'),
    );
  }

  async function connected(): Promise<void> {
    const server = await startServer(dataDir, settings());
    const account = { account: '44444', environment: 'sandbox', accessToken: TOKEN };
    await post(clientOf(server), '/integrations/mercadopago/connect', 'connect', account);
    await server.stop();
  }

  /** `name` is another one for each try: nothing of an earlier one is found again. */
  async function diesAt(moment: string, commit: number, name: string) {
    const armed = join(dataDir, `armed-${name}`);
    const server = await startServer(dataDir, {
      ...settings(),
      NODE_OPTIONS: `--import ${PRELOAD}`,
      FAILPOINT: ['log.db', moment, 'COMMIT', commit].join('|'),
      FAILPOINT_ARMED: armed,
    });
    const api = clientOf(server);
    const paid = await sell(api, name);
    await until(api, `/orders/${paid.orderId}`, () => true);
    writeFileSync(armed, '');
    const answer = await report(server, paid);
    try {
      await untilApplied(api, paid);
    } catch (error) {
      const isGone = error instanceof Error && error.message.startsWith('expected a server at');
      if (!isGone) throw error;
      await server.kill();
      return { paid, answer, isDead: true };
    }
    await server.stop();
    return { paid, answer, isDead: false };
  }

  /** As the provider does: what was not answered is sent again. */
  async function finish(paid: Paid, answer: Body | undefined): Promise<Body | undefined> {
    const server = await startServer(dataDir, settings());
    const again = answer ?? (await report(server, paid));
    await untilApplied(clientOf(server), paid);
    await server.stop();
    return again;
  }

  it.each(['before', 'after'])(
    'is applied once when the server dies %s each commit on its way',
    async (moment) => {
      await connected();
      const all: Paid[] = [];
      let deaths = 0;
      /** Of those without an answer: whether they were known. */
      const sentAgain: boolean[] = [];
      for (let commit = 1, others = 0; commit <= MAX_COMMITS;) {
        const { paid, answer, isDead } = await diesAt(moment, commit, `${moment}-${all.length}`);
        all.push(paid);
        if (!isDead) break;
        deaths += 1;
        const taken = await finish(paid, answer);
        expect(Number(taken?.['received']) + Number(taken?.['duplicates'])).toBe(1);
        const wasKept = taken?.['duplicates'] === 1;
        if (answer === undefined) sentAgain.push(wasKept);
        // It can die at another write of its own: then at the same number again.
        const isOther = moment === 'after' && answer === undefined && !wasKept;
        if (isOther && others < MAX_OTHERS) others += 1;
        else commit += 1;
      }
      expect(deaths).toBeGreaterThanOrEqual(MIN_COMMITS);
      // It died between append and answer, or before the append was durable.
      expect(sentAgain).toContain(moment === 'after');

      const server = await startServer(dataDir, settings());
      const api = clientOf(server);
      for (const { orderId, paymentId } of all) {
        const order = (await api.get(`/orders/${orderId}`)).body;
        expect(order).toMatchObject({ status: 'CONFIRMED', paidMinor: PRICE_MINOR, dueMinor: 0 });
        const payments = (await api.get(`/payments?orderId=${orderId}`)).body;
        expect(payments['items']).toHaveLength(1);
        const notices = (await api.get(`/webhook-notices?entityId=${paymentId}`)).body;
        // It can die with the payment recorded, and the notice not yet decided.
        const effect = expect.stringMatching(/^(payment_recorded|already_known)$/) as unknown;
        // The search can find the payment as well: its hint is one of its own.
        const ofApp = (notices['items'] as Body[]).filter(({ app }) => app === 'main');
        expect(ofApp).toMatchObject([{ status: 'processed', effect }]);
      }
      await server.stop();
      await checkEverything(dataDir, acknowledged);
    },
    LIMIT_MS,
  );

  it(
    'is applied once when the server dies between its answer and its application',
    async () => {
      await connected();
      const first = await startServer(dataDir, settings());
      const paid = await sell(clientOf(first), 'answered');
      await until(clientOf(first), `/orders/${paid.orderId}`, () => true);
      await fetch(`${provider.url}/control/faults`, {
        method: 'PUT',
        body: JSON.stringify([{ kind: 'slow', path: '/v1/payments/', delayMs: 60_000 }]),
      });
      const answer = await report(first, paid);
      expect(answer).toMatchObject({ received: 1, duplicates: 0 });
      await untilLookedUp();
      await first.kill();

      const second = await startServer(dataDir, settings());
      await untilApplied(clientOf(second), paid);
      expect(await report(second, paid)).toMatchObject({ received: 0, duplicates: 1 });
      const { body } = await clientOf(second).get(`/payments?orderId=${paid.orderId}`);
      expect(body['items']).toHaveLength(1);
      await second.stop();
      await checkEverything(dataDir, acknowledged);
    },
    LIMIT_MS,
  );
});
