import type { BooksEntry } from '../../../src/domain/books/index.ts';
import { accountOf } from '../nodes/providers.ts';
import type { Servers } from '../nodes/servers.ts';
import { keyOf, markOf, SHOPS } from '../nodes/shops.ts';
import { bodyOf } from './history.ts';
import { areShopsConnected } from './owners.ts';
import { createRequests, type RequestsOptions } from './requests.ts';

const BASE = '/integrations/quickbooks/books';
const ACTS = 14;
const THINK_MS = 300;
/** Looks at the connection before the first sale. */
const MAX_LOOKS = 30;
const MAX_TRIES = 20;
const DAY_MS = 86_400_000;
const TARGETS = [
  ...[['role', 'deposit_account'] as const, ['role', 'tip'] as const, ['role', 'tax'] as const],
  ...[['payment_method', 'cash'] as const, ['product', 'Bread'] as const],
  ...[['role', 'customer'] as const, ['role', 'modifier'] as const],
];

/** All sales go to the books from then on, or none for long. */
const DAYS = ['2000-01-01', '2999-01-01'];

/** What a reconciliation says of a sale that is on its way, or never was to be posted. */
const KNOWN_CAUSES: readonly unknown[] = [
  ...['waiting', 'parked', 'not_posted', 'not_sold', 'missing_webhook'],
];

interface Row {
  readonly orderId?: string;
  readonly cause: string;
  readonly documents: readonly Pick<BooksEntry, 'id'>[];
}

interface BookkeeperOptions extends Omit<RequestsOptions, 'name'> {
  readonly servers: Servers;
  readonly fail: (rule: string, message: string) => void;
}

/**
 * Somebody who sells once the books are connected, says where sales go there, and changes it while
 * they are posted.
 */
export function createBookkeeper(options: BookkeeperOptions): {
  work(): Promise<void>;
  /** Once all has settled: the comparison with the books finds what is wrong there, and no more. */
  reconcile(): Promise<void>;
} {
  const { conditions, servers, fail } = options;
  const { ledger } = servers.providers;
  const { rnd, ask, insist, pause } = createRequests({ ...options, name: 'bookkeeper' });
  const shops = SHOPS.slice(0, conditions.weather.shops);

  /** Days from the beginning of the world. */
  const dayAfter = (days: number) =>
    new Date(conditions.weather.startsAt + days * DAY_MS).toISOString().slice(0, 10);

  const set = (shop: string, kind: string, key: string) =>
    insist('PUT', `${BASE}/targets`, keyOf(shop, 'manager'), {
      ...{ kind, key, target: String(1 + rnd.below(9)) },
    });

  async function connected(shop: string): Promise<void> {
    for (let looks = 0; looks < MAX_LOOKS; looks++) {
      const answer = await ask('GET', '/integrations/quickbooks', keyOf(shop, 'manager'));
      if (answer?.status === 200 && bodyOf(answer)['status'] === 'connected') return;
      await pause(THINK_MS);
    }
  }

  /** A sale that is paid at once, and often changed or refunded soon after. */
  async function sell({ id, currency }: (typeof shops)[number]): Promise<void> {
    const key = keyOf(id, 'manager');
    const unitPriceMinor = 100 + rnd.below(2_000);
    const line = { name: `${markOf(id)} of the books`, quantity: '1', unitPriceMinor };
    const placed = await insist('POST', '/orders', key, { currency, lines: [line] });
    if (!placed || placed.status >= 300) return;
    const orderId = String(bodyOf(placed)['orderId']);
    const money = { amountMinor: unitPriceMinor, currency, method: 'credit_card' };
    const paid = await insist('POST', `/orders/${orderId}/payments`, key, money);
    if (!paid || paid.status >= 300) return;
    const { paymentId } = bodyOf(paid)['payment'] as { readonly paymentId: string };
    if (rnd.chance(0.4)) {
      await pause(THINK_MS);
      const tip = { paymentId, tipMinor: 1 + rnd.below(300), currency };
      await insist('POST', `/orders/${orderId}/tips`, key, tip);
    }
    if (!rnd.chance(0.3)) return;
    const back = { amountMinor: 1 + rnd.below(99), currency, reason: `${markOf(id)} cold` };
    await insist('POST', `/orders/${orderId}/refunds`, key, back);
  }

  async function compare(shop: string): Promise<readonly Row[] | undefined> {
    const path = `/reconciliation?from=${dayAfter(-3)}&to=${dayAfter(3)}`;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const answer = await ask('GET', path, keyOf(shop, 'manager'));
      if (answer?.status === 200) {
        const { quickbooks, rows } = bodyOf(answer) as unknown as {
          readonly quickbooks: { readonly isRead: boolean };
          readonly rows: readonly Row[];
        };
        return quickbooks.isRead ? rows : undefined;
      }
      await pause(THINK_MS);
    }
    return undefined;
  }

  async function reconcileShop(shop: string): Promise<void> {
    const before = await compare(shop);
    if (!before) return;
    const invented = before.find(({ cause }) => !KNOWN_CAUSES.includes(cause));
    if (invented) {
      fail('reconciled-as-it-is', `${shop}: ${invented.orderId} is said to be ${invented.cause}`);
    }
    const known = new Set(before.map(({ orderId }) => orderId));
    const sale = ledger.documents.find(({ account, entity, note, day }) => {
      if (day < dayAfter(-2) || day > dayAfter(2)) return false;
      const [, orderId] = /tillstream:order=(\S+?)\./.exec(note) ?? [];
      return account === accountOf(shop) && entity === 'SalesReceipt' && !known.has(orderId);
    });
    if (!sale) return;
    ledger.deleteByHand(sale);
    const after = await compare(shop);
    const isFound = after?.some(
      ({ orderId }) => orderId !== undefined && sale.note.includes(`tillstream:order=${orderId}.`),
    );
    if (after && !isFound) fail('reconciled-as-it-is', `${sale.number} is gone, and not missed`);
  }

  return {
    async work() {
      if (!areShopsConnected(conditions)) return;
      for (const { id } of shops) {
        await set(id, 'role', 'item');
        await set(id, 'role', 'deposit_account');
        await connected(id);
      }
      for (let i = 0; i < ACTS; i++) {
        await pause(THINK_MS);
        const shop = rnd.pick(shops);
        const [kind, key] = rnd.pick(TARGETS);
        if (rnd.chance(0.6)) await sell(shop);
        else if (rnd.chance(0.7)) await set(shop.id, kind, key);
        else if (rnd.chance(0.1)) {
          const firstDay = rnd.pick(DAYS);
          await insist('PUT', `${BASE}/start`, keyOf(shop.id, 'manager'), { firstDay });
        } else {
          const modifiers = rnd.pick(['lines', 'folded']);
          await insist('PUT', `${BASE}/modifier-style`, keyOf(shop.id, 'manager'), { modifiers });
        }
      }
    },
    async reconcile() {
      if (!areShopsConnected(conditions)) return;
      for (const { id } of shops) await reconcileShop(id);
    },
  };
}
