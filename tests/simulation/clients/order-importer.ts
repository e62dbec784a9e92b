import { keyOf, markOf } from '../nodes/shops.ts';
import { bodyOf } from './history.ts';
import { createRequests, type RequestsOptions } from './requests.ts';
import { drawSale, laterSale, type SquareSale } from './square-sales.ts';

/** In the other worlds no orders are imported. */
const CHANCE = 0.3;
const SALES = 6;
const IMPORTS = 5;
const THINK_MS = 1_500;
/** Longer than any import that was begun before may still run. */
const ALL_ENDED_MS = 40_000;
const MAX_TRIES = 20;
/** Why a later version is not followed, where the order changed here as well. */
const REFUSED_LATER = [
  ...['changed_here_too', 'payment_exceeds_due', 'order_closed', 'illegal_transition'],
  ...['tip_below_refunded'],
];

interface Item {
  readonly outcome: string;
  readonly orderId?: string;
  readonly code?: string;
}

export interface OrderImporter {
  /** The shop that imports. */
  readonly shop: string;
  /** All that was sent, each version of a sale for itself. */
  readonly sent: readonly SquareSale[];
  work(): Promise<void>;
  /** Once nothing goes wrong any more: what a dead node left undone is done, and then nothing. */
  settle(): Promise<void>;
}

interface OrderImporterOptions extends Omit<RequestsOptions, 'name'> {
  readonly shop: { readonly id: string; readonly currency: string };
  readonly fail: (rule: string, message: string) => void;
}

/** Somebody who imports the same orders of Square again and again, some in a later version. */
export function createOrderImporter(options: OrderImporterOptions): OrderImporter {
  const { shop, fail, conditions } = options;
  const { rnd, insist, ask, pause } = createRequests({ ...options, name: 'order-importer' });
  const manager = keyOf(shop.id, 'manager');
  const sent: SquareSale[] = [];
  const orders = new Map<string, string>();

  const about = {
    ...{ currency: shop.currency, mark: markOf(shop.id), beforeMs: conditions.weather.startsAt },
  };
  const draw = (i: number) => drawSale({ ...about, id: `square-sale-${i}`, version: 1 }, rnd);
  const later = (i: number, version: number) => {
    const before = sent.findLast(({ id }) => id === `square-sale-${i}`);
    return before ? laterSale(before, { ...about, version }, rnd) : draw(i);
  };

  /** @returns how many of them were new; undefined without an answer. */
  async function importSales(sales: readonly SquareSale[]): Promise<number | undefined> {
    const body = { orders: sales.map(({ order }) => order) };
    const isTwice = rnd.chance(0.3);
    const twin = isTwice ? ask('POST', '/imports/orders', manager, body) : undefined;
    const answer = await insist('POST', '/imports/orders', manager, body);
    await twin;
    if (answer?.status !== 200) return undefined;
    const { items } = bodyOf(answer) as unknown as { readonly items: readonly Item[] };
    sales.forEach((sale, i) => check(sale, items[i]));
    return items.filter(({ outcome }) => outcome === 'imported').length;
  }

  function check({ id, version }: SquareSale, item: Item | undefined): void {
    const { outcome = 'left out', orderId, code } = item ?? {};
    // An open order can be paid or cancelled here meanwhile.
    if (outcome === 'refused' && version > 1 && REFUSED_LATER.includes(code ?? '')) return;
    const isWhole = ['imported', 'repeated', 'changed'].includes(outcome);
    if (!isWhole || orderId === undefined || code !== undefined) {
      fail('order-import-whole', `${id} v${version} is ${outcome} (${code})`);
      return;
    }
    const before = orders.get(id) ?? orderId;
    orders.set(id, before);
    if (before !== orderId) fail('order-import-once', `${id} is ${before}, and ${orderId} as well`);
  }

  return {
    shop: shop.id,
    sent,
    async work() {
      if (!rnd.chance(CHANCE)) return;
      sent.push(...Array.from({ length: SALES }, (_, i) => draw(i)));
      for (let i = 0; i < IMPORTS; i++) {
        await pause(THINK_MS);
        if (rnd.chance(0.4)) sent.push(later(rnd.below(SALES), 2 + i));
        await importSales(sent.filter(() => rnd.chance(0.7)));
      }
    },
    async settle() {
      if (sent.length === 0) return;
      await pause(2 * ALL_ENDED_MS);
      let isDone = false;
      for (let tries = 0; tries < MAX_TRIES && !isDone; tries++) {
        isDone = (await importSales(sent)) !== undefined;
      }
      const added = await importSales(sent);
      if (added !== 0) fail('order-import-once', `${added} orders are new that had been imported`);
    },
  };
}
