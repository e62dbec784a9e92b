import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { upcast } from '../../../src/domain/kernel/event-types.ts';
import { categoryOf } from '../../../src/domain/kernel/names.ts';
import { eventTypesOf } from '../../../src/features/event-types.ts';
import { features } from '../../../src/features/index.ts';
import type { CreateChecker, Fail } from './checker.ts';

/** What the events of one drawer session say, summed without any code of the product. */
export interface DrawerBook {
  expectedMinor: number;
  status: 'open' | 'closed';
  /** Effect on the cash by the id of the entry. */
  readonly entries: Map<string, number>;
}
export type DrawerBooks = Map<string, DrawerBook>;

type Data = Readonly<Record<string, unknown>>;
const amountIn = (data: Data, field: string) => Number(data[field] ?? 0);

/** Books an event of a session, and says which rule it breaks. */
export function bookDrawer(books: DrawerBooks, event: RecordedEvent, fail: Fail): void {
  const { stream, type, revision } = event;
  const data = event.data as Data;
  const place = `${stream} at ${revision}`;
  if (type === 'CommandRefused') return;
  if (type === 'DrawerOpened') {
    const expectedMinor = amountIn(data, 'openingFloatMinor');
    books.set(stream, { expectedMinor, status: 'open', entries: new Map() });
    return;
  }
  const book = books.get(stream);
  if (!book) {
    fail('drawer-books', `${place} is ${type} of a session never opened`);
    return;
  }
  const isLate = type === 'DrawerCorrected';
  if (isLate !== (book.status === 'closed')) {
    fail('close-is-final', `${place} is ${type}, while the session is ${book.status}`);
  }
  if (type === 'DrawerEntryRecorded' || isLate) {
    const entryId = String(data['entryId']);
    if (book.entries.has(entryId)) fail('drawer-books', `${place} has ${entryId} again`);
    book.entries.set(entryId, amountIn(data, 'cashMinor'));
    book.expectedMinor += amountIn(data, 'cashMinor');
  }
  if ('expectedMinor' in data && data['expectedMinor'] !== book.expectedMinor) {
    fail(
      'drawer-books',
      `${place} expects ${String(data['expectedMinor'])}, not ${book.expectedMinor}`,
    );
  }
  if (type !== 'DrawerClosed') return;
  const varianceMinor = amountIn(data, 'countedMinor') - book.expectedMinor;
  if (varianceMinor !== data['varianceMinor']) {
    fail('drawer-books', `${place} has variance ${String(data['varianceMinor'])}`);
  }
  book.status = 'closed';
}

/** The session that a payment, refund or payout names, and the cash that it moved there. */
function sourceOf({ type, data, stream }: RecordedEvent) {
  const fields = data as Data;
  const { drawerId, method } = fields;
  if (typeof drawerId !== 'string') return undefined;
  const store = stream.slice(stream.indexOf('-') + 1, stream.indexOf('.'));
  const drawer = `drawer-${store}.${drawerId}`;
  const paid = amountIn(fields, 'amountMinor') + amountIn(fields, 'tipMinor');
  const inCash = method === 'cash' ? paid : 0;
  switch (type) {
    case 'OrderPaymentRecorded':
    case 'AccountPaymentRecorded':
      return { drawer, entryId: String(fields['paymentId']), cashMinor: inCash };
    case 'AccountChargeConfirmed':
      return { drawer, entryId: String(fields['chargeId']), cashMinor: 0 };
    case 'OrderTipAdjusted': {
      const changed = amountIn(fields, 'tipMinor') - amountIn(fields, 'previousTipMinor');
      const cashMinor = method === 'cash' ? changed : 0;
      return { drawer, entryId: String(fields['adjustmentId']), cashMinor };
    }
    case 'OrderRefunded':
      return {
        drawer,
        entryId: String(fields['refundId']),
        cashMinor: -amountIn(fields, 'toCashMinor'),
      };
    case 'CashPaidOut':
      return { drawer, entryId: String(fields['payoutId']), cashMinor: -paid };
    default:
      return undefined;
  }
}

const TYPES = eventTypesOf(features);

function sourcesIn(recorded: readonly RecordedEvent[]) {
  return recorded.flatMap((event) => {
    const category = categoryOf(event.stream);
    if (category !== 'order' && category !== 'account') return [];
    const source = sourceOf(upcast(TYPES, event));
    return source ? [source] : [];
  });
}

/** Money that names a session and is not in it yet. */
export function missingEntry(recorded: readonly RecordedEvent[]): string | undefined {
  const entries = new Set<string>();
  for (const { stream, data } of recorded) {
    if (categoryOf(stream) === 'drawer')
      entries.add(`${stream} ${String((data as Data)['entryId'])}`);
  }
  const open = sourcesIn(recorded).find((each) => !entries.has(`${each.drawer} ${each.entryId}`));
  return open && `${open.drawer} has no entry ${open.entryId}`;
}

/** Rules of drawer sessions: money that names one is in it once, with what it moved. */
export const drawerRules: CreateChecker = ({ servers }, fail) => {
  const books: DrawerBooks = new Map();
  let booked = 0;

  return {
    onStep() {
      for (; booked < servers.recorded.length; booked++) {
        const event = servers.recorded[booked];
        if (!event) continue;
        if (categoryOf(event.stream) === 'drawer') bookDrawer(books, event, fail);
      }
    },
    atEnd() {
      for (const { drawer, entryId, cashMinor } of sourcesIn(servers.recorded)) {
        const found = books.get(drawer)?.entries.get(entryId);
        if (found !== undefined && found === cashMinor + 0) continue;
        fail('drawer-complete', `${drawer} has ${String(found)} for ${entryId}, not ${cashMinor}`);
      }
    },
  };
};
