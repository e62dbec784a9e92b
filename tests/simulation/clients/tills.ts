import { systemDigest } from '../../../src/adapters/system/digest.ts';
import { hashedText } from '../../../src/domain/sync/index.ts';
import type { SimRequest } from '../nodes/api.ts';
import type { SimNode } from '../nodes/node.ts';
import { CALENDAR, keyOf, markOf, SHOPS } from '../nodes/shops.ts';
import type { Conditions } from '../world/conditions.ts';
import type { Life } from '../world/task-queue.ts';
import { createTillNumbers, SERIES } from './till-numbers.ts';
import type { Wire } from './wire.ts';

/** In the other worlds every till is always online. */
const CHANCE = 0.4;
const SALES = 12;
const THINK_MS = 150;
const RETRY_MS = 250;
const MAX_TRIES = 150;
const MAX_BATCH = 6;
const NAMES = ['offline-till-one', 'offline-till-two'];
/** What both tills write: a field, and what they may write there. */
const WRITTEN: readonly (readonly [string, string, readonly unknown[]])[] = [
  ['order:shared-order', 'note', ['no nuts', 'extra rice']],
  ['order:shared-order', 'status', ['SENT', 'PAID', 'CANCELLED']],
  ['payment:shared-payment', 'tipMinor', [100, 200, 300]],
];
const YEARS_MS = 10 * 365 * 86_400_000;

/** A fact on the disk of a till. */
export interface TillFact {
  readonly shop: string;
  readonly deviceId: string;
  readonly seq: number;
  readonly id: string;
  readonly orderId: string;
  /** Of the payment that it holds, or is; absent: none. */
  readonly paymentId?: string;
  readonly amountMinor: number;
  /** What it wrote that other tills write too. */
  readonly entity?: string;
  /** The fiscal number on the receipt of a sale. */
  readonly number?: number;
  readonly sent: Readonly<Record<string, unknown>>;
}

/** Numbers that a till was given. */
export interface TillRange {
  readonly shop: string;
  readonly deviceId: string;
  readonly from: number;
  readonly to: number;
}

/** Tills that sell without a network, and send what happened later. */
export interface Tills {
  readonly facts: readonly TillFact[];
  readonly ranges: readonly TillRange[];
  /** Facts that a response has acknowledged, with the number of events in the log by then. */
  readonly acknowledged: readonly { readonly fact: TillFact; readonly events: number }[];
  work(): Promise<void>;
  /** Sends whatever no response has acknowledged. */
  settle(): Promise<void>;
}

interface TillsOptions {
  readonly conditions: Conditions;
  readonly nodes: readonly SimNode[];
  readonly wire: Wire;
  readonly events: () => number;
  readonly fail: (rule: string, message: string) => void;
}

export function createTills(options: TillsOptions): Tills {
  const facts: TillFact[] = [];
  const ranges: TillRange[] = [];
  const acknowledged: { fact: TillFact; events: number }[] = [];
  const { world, weather } = options.conditions;
  const isThere = world.rnd('tills').chance(CHANCE);
  const shops = SHOPS.slice(0, weather.shops);
  const tills = NAMES.map((name, i) => {
    const shop = shops[i % shops.length] ?? shops[0];
    if (!shop) throw new Error('expected a shop');
    return createTill(
      options,
      { name, shop: shop.id, currency: shop.currency },
      { facts, ranges, acknowledged },
    );
  });
  const each = async (act: (till: Till) => Promise<void>) => {
    if (isThere) await Promise.all(tills.map(act));
  };
  return {
    ...{ facts, ranges },
    acknowledged,
    work: () => each((till) => till.work()),
    settle: () => each((till) => till.settle()),
  };
}

interface Till {
  work(): Promise<void>;
  settle(): Promise<void>;
}

/** What all tills did, for the rules. */
interface Books {
  readonly facts: TillFact[];
  readonly ranges: TillRange[];
  readonly acknowledged: { fact: TillFact; events: number }[];
}

interface Identity {
  readonly name: string;
  readonly shop: string;
  readonly currency: string;
}

function createTill(
  { conditions, nodes, wire, events, fail }: TillsOptions,
  { name, shop, currency }: Identity,
  { facts, ranges, acknowledged }: Books,
): Till {
  const { world } = conditions;
  const rnd = world.rnd(name);
  const life: Life = { name, alive: true, pausedUntil: 0 };
  const own: TillFact[] = [];
  const unsent = new Set<TillFact>();
  /** Sales whose payment is a fact of its own, and may arrive before them. */
  const unpaid: TillFact[] = [];
  // A clock that is right, or wrong by years.
  const skewMs = rnd.chance(0.3) ? rnd.between(-YEARS_MS, YEARS_MS) : 0;
  let prev: string | undefined;
  /** The newest facts that the till knows of what others write as well: its own. */
  const heads = new Map<string, string>();
  const numbers = createTillNumbers({ name, shop, rnd, life, nodes, wire, ranges });

  const pause = (ms: number) =>
    new Promise<void>((resolve) => world.at(ms * (0.5 + rnd.next()), name, resolve, life));

  function record(
    type: string,
    data: object,
    about: Partial<TillFact>,
    more: object = {},
  ): TillFact {
    const atMs = Math.floor(world.startedAt + world.now + skewMs);
    const seq = own.length + 1;
    const unhashed = {
      ...{ v: 1, id: rnd.uuid(), type, schema: 1, deviceId: name, epoch: 'first', seq },
      ...(prev !== undefined && { prev }),
      occurredAt: new Date(atMs).toISOString(),
      businessDay: CALENDAR.businessDay(shop, atMs),
      actor: { id: `cashier ${markOf(shop)}` },
      data,
      ...more,
    };
    const hash = systemDigest.sha256(hashedText(unhashed));
    prev = hash;
    const { orderId = '', amountMinor = 0, paymentId, number, entity } = about;
    const made = { shop, deviceId: name, seq, id: unhashed.id, orderId, amountMinor };
    const named = { ...(paymentId !== undefined && { paymentId }), ...(number && { number }) };
    const written = entity === undefined ? {} : { entity };
    const fact = { ...made, sent: { ...unhashed, hash }, ...named, ...written };
    own.push(fact);
    facts.push(fact);
    unsent.add(fact);
    return fact;
  }

  function sell(): void {
    const orderId = rnd.uuid();
    const amountMinor = 1 + rnd.below(5_000);
    const paymentId = rnd.uuid();
    const isPaidLater = rnd.chance(0.4);
    const line = { name: `Goods ${markOf(shop)}`, quantity: '1', unitPriceMinor: amountMinor };
    const payments = isPaidLater ? [] : [{ paymentId, method: 'cash', amountMinor }];
    const number = numbers.take();
    const fiscal = number === undefined ? {} : { fiscal: { seriesId: SERIES, number } };
    const data = { orderId, currency, lines: [line], totalMinor: amountMinor, payments, ...fiscal };
    const about = { ...(!isPaidLater && { paymentId }), ...(number !== undefined && { number }) };
    const sale = record('SaleCreated', data, { orderId, amountMinor, ...about });
    if (isPaidLater) unpaid.push(sale);
  }

  function pay(): void {
    const sale = unpaid.shift();
    if (!sale) return;
    const { orderId, amountMinor } = sale;
    const paymentId = rnd.uuid();
    const data = { orderId, paymentId, method: 'credit_card', amountMinor, currency };
    // The device may tap twice: two facts, and one attempt to pay.
    record('PaymentTaken', data, { orderId, paymentId, amountMinor });
    if (rnd.chance(0.3)) record('PaymentTaken', data, { orderId, paymentId, amountMinor });
  }

  /** Something that the other till of the shop may write at the same time. */
  function write(): void {
    const [entity, field, values] = rnd.pick(WRITTEN);
    const head = heads.get(entity);
    // Now and then a till forgets what it knew: it has a new storage.
    const isBased = head !== undefined && !rnd.chance(0.3);
    const data = { entity, changes: [{ field, set: rnd.pick(values) }] };
    const basedOn = isBased ? { basedOn: [{ entity, heads: [head] }] } : {};
    heads.set(entity, record('FieldsChanged', data, { entity }, basedOn).id);
  }

  async function send(): Promise<void> {
    const waiting = [...unsent];
    // Any of them, in any order, some that were acknowledged already too.
    const again = own.filter((fact) => !unsent.has(fact) && rnd.chance(0.05));
    const batch = [...waiting, ...again]
      .map((fact) => ({ fact, by: rnd.next() }))
      .sort((a, b) => a.by - b.by)
      .slice(0, 1 + rnd.below(MAX_BATCH))
      .map(({ fact }) => fact);
    if (batch.length === 0) return;
    const answer = await wire.send(life, rnd.pick(nodes), requestOf(batch));
    if (answer?.status !== 200) return;
    const { kept } = JSON.parse(answer.body) as {
      readonly kept: { readonly through: number; readonly ranges: readonly [number, number][] };
    };
    for (const fact of [...unsent]) {
      const { seq } = fact;
      const isKept =
        seq <= kept.through || kept.ranges.some(([from, to]) => seq >= from && seq <= to);
      if (!isKept) continue;
      unsent.delete(fact);
      acknowledged.push({ fact, events: events() });
    }
  }

  const requestOf = (batch: readonly TillFact[]): SimRequest => ({
    method: 'POST',
    url: '/sync/push',
    headers: {
      authorization: `Bearer ${keyOf(shop, 'till')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      deviceId: name,
      epoch: 'first',
      facts: batch.map(({ sent }) => sent),
      declared: { lastSeq: own.length, unsent: unsent.size },
    }),
  });

  return {
    async work() {
      for (let i = 0; i < SALES; i++) {
        await pause(THINK_MS);
        sell();
        if (rnd.chance(0.5)) pay();
        if (rnd.chance(0.3)) write();
        if (rnd.chance(0.6)) await send();
        if (rnd.chance(0.4)) await numbers.refill();
      }
      while (unpaid.length > 0) pay();
    },
    async settle() {
      for (let tries = 0; unsent.size > 0 && tries < MAX_TRIES; tries++) {
        await send();
        if (unsent.size > 0) await pause(RETRY_MS);
      }
      if (unsent.size > 0) fail('liveness', `${name} has ${unsent.size} facts left to send`);
    },
  };
}
