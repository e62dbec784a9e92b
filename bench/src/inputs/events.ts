import { createRandom } from './random.ts';

export const STORE_ID = 'bench';
/** Every stream has this many events: opened, eight lines, closed. */
export const EVENTS_PER_ORDER = 10;

export interface Opened {
  readonly orderId: string;
  readonly customer: { readonly id: string; readonly name: string; readonly segment: string };
  readonly channel: string;
  readonly currency: string;
  readonly businessDay: string;
  readonly terminal: { readonly id: string; readonly location: string; readonly operator: string };
  readonly note: string;
}

export interface Line {
  readonly lineId: string;
  readonly product: { readonly id: string; readonly sku: string; readonly name: string };
  readonly quantity: number;
  readonly unitPriceMinor: number;
  readonly modifiers: readonly { readonly name: string; readonly priceMinor: number }[];
  readonly note: string;
}

export interface LineAdded extends Line {
  readonly orderId: string;
  readonly currency: string;
  readonly businessDay: string;
  readonly totalMinor: number;
}

export interface Closed {
  readonly orderId: string;
  readonly reason: string;
  readonly currency: string;
  readonly businessDay: string;
  readonly payment: { readonly method: string; readonly amountMinor: number; readonly ref: string };
  readonly receipt: { readonly number: string; readonly text: string };
}

export type BenchEvent =
  | { readonly type: 'BenchOrderOpened'; readonly data: Opened }
  | { readonly type: 'BenchLineAdded'; readonly data: LineAdded }
  | { readonly type: 'BenchOrderClosed'; readonly data: Closed };

export const EVENT_TYPE_NAMES = ['BenchOrderOpened', 'BenchLineAdded', 'BenchOrderClosed'] as const;

const PRODUCTS = ['Flat white', 'Croque monsieur', 'Still water 0.5 l', 'Slice of lemon cake'];
const BUSINESS_DAY = '2026-03-02';

/** The fields of the command behind an event: about five, as of an order's commands. */
export type CommandData =
  | Omit<Opened, 'orderId' | 'currency' | 'businessDay'>
  | Line
  | Omit<Closed, 'orderId' | 'currency' | 'businessDay'>;

const openFields = (n: number) => ({
  customer: { id: `customer-${n % 5_000}`, name: `Maria Example ${n % 977}`, segment: 'regular' },
  channel: n % 3 === 0 ? 'counter' : 'table-service',
  terminal: {
    id: `till-${n % 7}`,
    location: 'Main street, ground floor',
    operator: `op-${n % 11}`,
  },
  note: 'Table by the window, two separate bills, one guest is allergic to nuts and sesame.',
});

const lineFields = (n: number, revision: number, random: () => number): Line => ({
  lineId: `line-${revision}`,
  product: {
    id: `product-${n % 400}`,
    sku: `SKU-${100_000 + (n % 400)}`,
    name: PRODUCTS[n % PRODUCTS.length] ?? 'Coffee',
  },
  quantity: 1 + Math.floor(random() * 4),
  unitPriceMinor: 150 + Math.floor(random() * 2_000),
  modifiers: [
    { name: 'oat milk', priceMinor: 40 },
    { name: 'extra shot', priceMinor: 60 },
  ],
  note: 'Please bring it together with the other things of this order.',
});

const closeFields = (n: number, random: () => number) => ({
  reason: 'paid in full at the counter, receipt printed and handed over',
  payment: {
    method: n % 2 === 0 ? 'cash' : 'credit_card',
    amountMinor: 1_000 + Math.floor(random() * 20_000),
    ref: `auth-${100_000_000 + n}`,
  },
  receipt: {
    number: `R-${1_000_000 + n}`,
    text: 'Thank you for your visit. We are closed on Monday.',
  },
});

export interface BenchCommand {
  readonly type: 'OpenBenchOrder' | 'AddBenchLine' | 'CloseBenchOrder';
  readonly data: CommandData;
}

/** The command that leads to event `revision` of order number `n`. */
export function commandOf(n: number, revision: number): BenchCommand {
  const random = createRandom(n * 16 + revision);
  if (revision === 0) return { type: 'OpenBenchOrder', data: openFields(n) };
  if (revision < EVENTS_PER_ORDER - 1) {
    return { type: 'AddBenchLine', data: lineFields(n, revision, random) };
  }
  return { type: 'CloseBenchOrder', data: closeFields(n, random) };
}

/** What the rules make of a command: the one event of about 400 bytes of JSON. */
export function decideEvent(orderId: string, command: BenchCommand): BenchEvent {
  const common = { orderId, currency: 'EUR', businessDay: BUSINESS_DAY };
  switch (command.type) {
    case 'OpenBenchOrder':
      return { type: 'BenchOrderOpened', data: { ...(command.data as Opened), ...common } };
    case 'AddBenchLine': {
      const line = command.data as Line;
      const extrasMinor = line.modifiers.reduce((sum, { priceMinor }) => sum + priceMinor, 0);
      const totalMinor = line.quantity * (line.unitPriceMinor + extrasMinor);
      return { type: 'BenchLineAdded', data: { ...line, ...common, totalMinor } };
    }
    case 'CloseBenchOrder':
      return { type: 'BenchOrderClosed', data: { ...(command.data as Closed), ...common } };
  }
}
