import {
  type DrawerEvent,
  type DrawerOpened,
  MAX_UNFINISHED,
} from '../../domain/drawers/events.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { CommandRefused } from '../../domain/kernel/event-types.ts';
import { perEntity } from '../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../engine/projections/folding/projection.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import { type Drawer, MAX_LISTED_CORRECTIONS } from './document.ts';

type Entry = Extract<DrawerEvent, { type: 'DrawerEntryRecorded' }>['data'];
type Corrected = Extract<DrawerEvent, { type: 'DrawerCorrected' }>['data'];

/** One document per drawer session: its figures, its close, and what corrected it later. */
export const drawers: Projection<Drawer, DrawerEvent | CommandRefused> = {
  name: 'drawers',
  version: 2,
  collection: 'drawers',
  indexes: [
    { name: 'by_opening', fields: ['openedAt'] },
    { name: 'by_till', fields: ['tillId', 'openedAt'] },
    { name: 'by_status', fields: ['status', 'openedAt'] },
  ],
  feed: 'money',
  ...perEntity('drawer'),
  evolve(drawer, event) {
    const { revision } = event;
    if (event.type === 'DrawerOpened') return opened(event.data, event);
    return drawer && { ...drawer, revision, ...change(drawer, event) };
  },
};

function opened(data: DrawerOpened['data'], { revision, recordedAt }: RecordedEvent): Drawer {
  const { drawerId, tillId, branchId, currency, businessDay, openedBy } = data;
  const { openingFloatMinor, varianceLimitMinor, expectedMinor } = data;
  return {
    drawerId,
    revision,
    status: 'open',
    tillId,
    currency,
    openedOn: businessDay,
    openedAt: recordedAt,
    openingFloatMinor,
    expectedMinor,
    varianceLimitMinor,
    cash: {
      salesMinor: 0,
      refundsMinor: 0,
      accountPaymentsMinor: 0,
      accountPayoutsMinor: 0,
      paidInMinor: 0,
      paidOutMinor: 0,
    },
    methods: [],
    refundedMinor: 0,
    unfinished: [],
    corrections: { count: 0, cashMinor: 0, last: [] },
    ...omitUndefined({ branchId, openedBy }),
  };
}

function change(
  drawer: Drawer,
  event: RecordedEvent & (DrawerEvent | CommandRefused),
): Partial<Drawer> {
  switch (event.type) {
    case 'DrawerEntryRecorded':
      return withEntry(drawer, event.data);
    case 'DrawerCounted': {
      const { countId, countedMinor, expectedMinor, varianceMinor, needsApproval } = event.data;
      const figures = { countId, countedMinor, expectedMinor, varianceMinor, needsApproval };
      const { countedBy } = event.data;
      return { count: { ...figures, outdated: false, ...omitUndefined({ countedBy }) } };
    }
    case 'DrawerVarianceApproved': {
      const { approvedBy } = event.data;
      return drawer.count ? { count: { ...drawer.count, approvedBy } } : {};
    }
    case 'DrawerClosed': {
      const { closeId, businessDay, expectedMinor, countedMinor, varianceMinor } = event.data;
      const { approvedBy, closedBy, unfinished } = event.data;
      const figures = { closeId, businessDay, expectedMinor, countedMinor, varianceMinor };
      const names = omitUndefined({ approvedBy, closedBy });
      const closedAt = event.recordedAt;
      return { status: 'closed', close: { ...figures, closedAt, unfinished, ...names } };
    }
    case 'DrawerCorrected':
      return withCorrection(drawer, event.data, event.recordedAt);
    default:
      return {};
  }
}

const CASH_FIELD = {
  sale: 'salesMinor',
  tip: 'salesMinor',
  refund: 'refundsMinor',
  account_payment: 'accountPaymentsMinor',
  account_payout: 'accountPayoutsMinor',
  cash_in: 'paidInMinor',
  cash_out: 'paidOutMinor',
  adjustment: 'paidInMinor',
} as const satisfies Record<Entry['kind'], keyof Drawer['cash']>;

function withEntry(drawer: Drawer, data: Entry): Partial<Drawer> {
  const { kind, cashMinor, amountMinor, tipMinor, expectedMinor } = data;
  const field = CASH_FIELD[kind];
  const { count, refundedMinor } = drawer;
  return {
    expectedMinor,
    cash: { ...drawer.cash, [field]: drawer.cash[field] + cashMinor },
    methods: isOfSale(kind) ? methodsAfter(drawer.methods, data) : drawer.methods,
    refundedMinor: kind === 'refund' ? refundedMinor + amountMinor + tipMinor : refundedMinor,
    unfinished: unfinishedAfter(drawer.unfinished, data),
    ...(count && { count: { ...count, outdated: count.outdated || cashMinor !== 0 } }),
  };
}

/** A changed tip belongs to a payment that was counted when it was taken. */
const isOfSale = (kind: Entry['kind']) => kind === 'sale' || kind === 'tip';

function methodsAfter(methods: Drawer['methods'], data: Entry): Drawer['methods'] {
  const { kind, method = 'cash', amountMinor, tipMinor } = data;
  const before = methods.find((each) => each.method === method);
  const after = {
    method,
    payments: (before?.payments ?? 0) + (kind === 'sale' ? 1 : 0),
    amountMinor: (before?.amountMinor ?? 0) + amountMinor,
    tipMinor: (before?.tipMinor ?? 0) + tipMinor,
  };
  return [...methods.filter((each) => each !== before), after].sort((a, b) =>
    a.method < b.method ? -1 : 1,
  );
}

function unfinishedAfter(
  unfinished: Drawer['unfinished'],
  { kind, orderId, dueMinor }: Entry | Corrected,
): Drawer['unfinished'] {
  if (kind !== 'sale' || orderId === undefined || dueMinor === undefined) return unfinished;
  const others = unfinished.filter((each) => each.orderId !== orderId);
  if (dueMinor === 0 || others.length >= MAX_UNFINISHED) return others;
  return [...others, { orderId, dueMinor }];
}

function withCorrection(drawer: Drawer, data: Corrected, at: string): Partial<Drawer> {
  const { expectedMinor, entryId, kind, amountMinor, tipMinor, cashMinor } = data;
  const { orderId, customerId, method, reason, approvedBy } = data;
  const { corrections } = drawer;
  const correction = {
    ...{ entryId, kind, amountMinor, tipMinor, cashMinor, at },
    ...omitUndefined({ orderId, customerId, method, reason, approvedBy }),
  };
  return {
    expectedMinor,
    unfinished: unfinishedAfter(drawer.unfinished, data),
    corrections: {
      count: corrections.count + 1,
      cashMinor: corrections.cashMinor + cashMinor,
      last: [...corrections.last, correction].slice(-MAX_LISTED_CORRECTIONS),
    },
  };
}
