import type { Prng } from '../world/prng.ts';

const DAY_MS = 86_400_000;

/** A sale as Square's API returns it, and what has to be known of it after its import. */
export interface SquareSale {
  readonly id: string;
  readonly version: number;
  readonly status: 'PENDING' | 'CONFIRMED' | 'DELIVERED' | 'CANCELLED';
  readonly totalMinor: number;
  /** By payment, tips included. */
  readonly paid: Readonly<Record<string, number>>;
  /** Sums of the refunds that were made. */
  readonly refunds: readonly number[];
  readonly order: Readonly<Record<string, unknown>>;
}

interface Drawn {
  readonly id: string;
  readonly version: number;
  readonly currency: string;
  /** Stands in each free text. */
  readonly mark: string;
  /** When the world begins: the sale was before. */
  readonly beforeMs: number;
}

const sumOf = (amounts: readonly number[]) => amounts.reduce((sum, each) => sum + each, 0);

/** A sale with lines, modifiers, a discount, taxes, tenders, a tip and refunds, or some of them. */
export function drawSale(drawn: Drawn, rnd: Prng): SquareSale {
  const { id, version, currency, mark, beforeMs } = drawn;
  const money = (amount: number) => ({ amount, currency });
  const at = new Date(beforeMs - DAY_MS + rnd.below(DAY_MS / 2)).toISOString();
  const lines = Array.from({ length: 1 + rnd.below(3) }, (_, i) => drawLine(i, mark, money, rnd));
  const goodsMinor = sumOf(lines.map(({ total_money }) => total_money.amount));
  const state = rnd.chance(0.7) ? 'COMPLETED' : rnd.chance(0.6) ? 'OPEN' : 'CANCELED';
  const tipMinor = state === 'COMPLETED' && rnd.chance(0.4) ? 1 + rnd.below(300) : 0;
  const tenders = state === 'COMPLETED' ? drawTenders(id, goodsMinor, tipMinor, money, rnd) : [];
  const refunds = drawRefunds(id, tenders, at, money, rnd);
  const isDelivered = state === 'COMPLETED' && rnd.chance(0.3);
  const sold = { COMPLETED: 'CONFIRMED', OPEN: 'PENDING', CANCELED: 'CANCELLED' } as const;
  const of = (name: 'total_tax_money' | 'total_discount_money') =>
    money(sumOf(lines.map((line) => line[name].amount)));
  return {
    ...{ id, version },
    status: isDelivered ? 'DELIVERED' : sold[state],
    totalMinor: goodsMinor + tipMinor,
    paid: Object.fromEntries(tenders.map(({ id, amount_money }) => [id, amount_money.amount])),
    refunds: refunds.map(({ amount_money }) => amount_money.amount),
    order: {
      ...{ id, version, state, created_at: at, location_id: 'L1', reference_id: mark },
      ...{ line_items: lines, tenders, refunds, total_money: money(goodsMinor + tipMinor) },
      ...{ total_tip_money: money(tipMinor), total_tax_money: of('total_tax_money') },
      total_discount_money: of('total_discount_money'),
      ...(isDelivered && { fulfillments: [{ state: 'COMPLETED' }] }),
    },
  };
}

/** The later version of a sale: an open one goes on in any way, and of a paid one the tip changes. */
export function laterSale(
  before: SquareSale,
  drawn: Pick<Drawn, 'version' | 'currency' | 'mark' | 'beforeMs'>,
  rnd: Prng,
): SquareSale {
  const { id, status, order } = before;
  const { version, currency } = drawn;
  if (status === 'PENDING') return drawSale({ ...drawn, id }, rnd);
  const { tenders } = order as { readonly tenders: ReturnType<typeof drawTenders> };
  const last = tenders.at(-1);
  if (!last) return { ...before, version, order: { ...order, version } };
  const money = (amount: number) => ({ amount, currency });
  const tip = rnd.below(300);
  const addedMinor = tip - last.tip_money.amount;
  const taken = money(last.amount_money.amount + addedMinor);
  const totalMinor = before.totalMinor + addedMinor;
  const changed = { ...last, amount_money: taken, tip_money: money(tip) };
  return {
    ...{ ...before, version, totalMinor, paid: { ...before.paid, [last.id]: taken.amount } },
    order: {
      ...{ ...order, version, tenders: [...tenders.slice(0, -1), changed] },
      ...{ total_money: money(totalMinor), total_tip_money: money(tip) },
    },
  };
}

type ToMoney = (amount: number) => { readonly amount: number; readonly currency: string };

function drawLine(place: number, mark: string, money: ToMoney, rnd: Prng) {
  const quantity = 1 + rnd.below(3);
  const price = 100 + rnd.below(2_000);
  const modifiers = Array.from({ length: rnd.below(3) }, (_, i) => ({
    name: `${mark} with ${i}`,
    price: rnd.below(200),
  }));
  const gross = quantity * (price + sumOf(modifiers.map((modifier) => modifier.price)));
  const discount = rnd.chance(0.3) ? rnd.below(100) : 0;
  const tax = rnd.chance(0.5) ? Math.floor((gross - discount) / 10) : 0;
  return {
    ...{ uid: `line-${place}`, name: `${mark} ${place}`, quantity: String(quantity) },
    base_price_money: money(price),
    modifiers: modifiers.map(({ name, price: each }) => ({
      name,
      base_price_money: money(each),
      total_price_money: money(each * quantity),
    })),
    ...{ gross_sales_money: money(gross), total_discount_money: money(discount) },
    ...{ total_tax_money: money(tax), total_money: money(gross - discount + tax) },
  };
}

/** All is paid, by one tender or by two; the tip is in the last. */
function drawTenders(id: string, goods: number, tip: number, money: ToMoney, rnd: Prng) {
  const first = rnd.chance(0.3) ? 1 + rnd.below(goods - 1) : goods;
  const parts = first < goods ? [first, goods - first] : [goods];
  return parts.map((part, i) => {
    const tipMinor = i === parts.length - 1 ? tip : 0;
    return {
      id: `${id}-tender-${i}`,
      ...(rnd.chance(0.5)
        ? { type: 'CASH' }
        : { type: 'CARD', card_details: { status: 'CAPTURED' } }),
      ...{ amount_money: money(part + tipMinor), tip_money: money(tipMinor) },
    };
  });
}

/** Less than half of the first tender, in one refund or two. */
function drawRefunds(
  id: string,
  tenders: ReturnType<typeof drawTenders>,
  at: string,
  money: ToMoney,
  rnd: Prng,
) {
  const [tender] = tenders;
  if (!tender || !rnd.chance(0.5)) return [];
  const most = Math.floor((tender.amount_money.amount - tender.tip_money.amount) / 4);
  if (most < 1) return [];
  return Array.from({ length: 1 + rnd.below(2) }, (_, i) => ({
    ...{ id: `${id}-refund-${i}`, status: 'APPROVED', tender_id: tender.id },
    ...{ created_at: at, amount_money: money(1 + rnd.below(most)) },
  }));
}
