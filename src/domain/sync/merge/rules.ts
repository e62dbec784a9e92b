/**
 * How what several devices wrote about one field becomes one state:
 * - `lww`: what was written knowing the other version; between concurrent ones the later one, where
 *   the clock of the server shows it.
 * - `mvr`: all concurrent versions stand until one is written that knows them.
 * - `awset`: a set; a removal takes away only elements that its author had seen.
 * - `ksum`: a sum; each part counts once for its key.
 * - `max`: the most advanced state of a chain.
 * - `owner`: the first version stands; it cannot be written again.
 * - `server_wins`: only the server decides; devices ask.
 * - `escrow`: what was used of each grant; only its device counts it, and it only rises.
 */
export const STRATEGIES = [
  'lww',
  'mvr',
  'awset',
  'ksum',
  'max',
  'owner',
  'server_wins',
  'escrow',
] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** What a value of a field looks like. */
export type ValueKind = 'text' | 'count' | 'yes-no' | 'name' | 'object';

interface Described {
  /** The field as people call it, such as `the note`. */
  readonly label: string;
  readonly kind: ValueKind;
  readonly why: string;
}

/** The rule of one field. */
export type FieldRule = Described &
  (
    | { readonly rule: 'lww' | 'awset' | 'ksum' | 'owner' | 'server_wins' | 'escrow' }
    | {
        readonly rule: 'mvr';
        /** Of concurrent versions: all of them, the largest number, or `false` if any is. */
        readonly shown: 'all' | 'largest' | 'no-first';
        /** What happens until a person chooses, as a sentence. */
        readonly meanwhile: string;
      }
    | {
        readonly rule: 'max';
        /** From the first state to the last ones; those of one level exclude one another. */
        readonly chain: readonly (readonly string[])[];
      }
  );

export type FieldRules = Readonly<Record<string, FieldRule>>;

const order = {
  lines: {
    rule: 'awset',
    kind: 'object',
    label: 'the lines',
    why: 'The lines of both waiters stay. A removal takes away only lines that its author saw.',
  },
  note: {
    rule: 'mvr',
    shown: 'all',
    kind: 'text',
    label: 'the note',
    meanwhile: 'The kitchen sees both notes until a person chooses.',
    why: 'A note that is lost can hurt a person.',
  },
  allergyNote: {
    rule: 'mvr',
    shown: 'all',
    kind: 'text',
    label: 'the allergy note',
    meanwhile: 'The kitchen sees both notes until a person chooses.',
    why: 'A note that is lost can hurt a person.',
  },
  discounts: {
    rule: 'awset',
    kind: 'object',
    label: 'the discounts',
    why: 'Each was promised and is printed.',
  },
  table: {
    rule: 'mvr',
    shown: 'all',
    kind: 'name',
    label: 'the table',
    meanwhile: 'Both tables show the order until a person chooses.',
    why: 'A clock would seat guests on an open bill.',
  },
  status: {
    rule: 'max',
    kind: 'name',
    label: 'the status',
    chain: [['OPEN'], ['SENT'], ['READY'], ['SERVED'], ['PAID', 'CANCELLED']],
    why: 'An older state that arrives late does not open the order again.',
  },
  openedBy: {
    rule: 'owner',
    kind: 'name',
    label: 'who opened it',
    why: 'It was captured once, where it happened.',
  },
} as const satisfies FieldRules;

const line = {
  steps: {
    rule: 'ksum',
    kind: 'count',
    label: 'more or less of it',
    why: 'One more by each of two hands is two more.',
  },
  quantity: {
    rule: 'mvr',
    shown: 'largest',
    kind: 'count',
    label: 'its quantity',
    meanwhile: 'The larger one is shown and billed until a person chooses.',
    why: 'Two who correct one mistake mean one correction, not the sum of both.',
  },
  note: {
    rule: 'mvr',
    shown: 'all',
    kind: 'text',
    label: 'its note',
    meanwhile: 'The kitchen sees both notes until a person chooses.',
    why: 'A note that is lost can hurt a person.',
  },
} as const satisfies FieldRules;

const item = {
  state: {
    rule: 'max',
    kind: 'name',
    label: 'the state in the kitchen',
    chain: [['SUBMITTED'], ['IN_KITCHEN'], ['READY'], ['SERVED', 'VOIDED']],
    why: 'What was served stays served, whichever device learns of it last.',
  },
  tickets: {
    rule: 'ksum',
    kind: 'count',
    label: 'the tickets',
    why: 'A second tap on the same change cooks nothing twice.',
  },
} as const satisfies FieldRules;

const product = {
  available: {
    rule: 'mvr',
    shown: 'no-first',
    kind: 'yes-no',
    label: 'whether it is available',
    meanwhile: 'It counts as sold out until a person chooses.',
    why: 'To promise what is gone is worse than to sell one less.',
  },
  priceMinor: {
    rule: 'server_wins',
    kind: 'count',
    label: 'the price',
    why: 'A till with an old catalogue does not set the price of today.',
  },
} as const satisfies FieldRules;

const stock = {
  movements: {
    rule: 'ksum',
    kind: 'count',
    label: 'the movements',
    why: 'Addition has no order: each sale counts once at each place.',
  },
} as const satisfies FieldRules;

const payment = {
  tipMinor: {
    rule: 'lww',
    kind: 'count',
    label: 'the tip',
    why: 'A correction replaces the tip; a sum would add both.',
  },
} as const satisfies FieldRules;

const drawer = {
  countedMinor: {
    rule: 'mvr',
    shown: 'all',
    kind: 'count',
    label: 'the count at the close',
    meanwhile: 'Both counts are shown until a person chooses.',
    why: 'The console and the till may both close: whose count it is, a person says.',
  },
} as const satisfies FieldRules;

const quota = {
  used: {
    rule: 'escrow',
    kind: 'count',
    label: 'what was used',
    why: 'One device counts, and only upwards: the highest figure is the newest.',
  },
} as const satisfies FieldRules;

const layout = {
  value: {
    rule: 'lww',
    kind: 'object',
    label: 'the layout',
    why: 'Whichever stands, nothing is lost by it.',
  },
} as const satisfies FieldRules;

/** The one table of merge rules: each kind of entity, and each of its fields. */
export const MERGE_RULES: Readonly<Record<string, FieldRules>> = {
  ...{ order, line, item, product, stock, payment, drawer, quota, layout },
};

/** The rules of an entity such as `order:1234`; undefined: it is not merged. */
export function rulesOf(entity: string): FieldRules | undefined {
  const kind = entity.slice(0, entity.indexOf(':'));
  return Object.hasOwn(MERGE_RULES, kind) ? MERGE_RULES[kind] : undefined;
}
