import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { streamName } from '../../../src/domain/kernel/names.ts';
import type { OrderEvent } from '../../../src/domain/orders/events.ts';
import type { TillFact } from '../clients/tills.ts';
import { bookOrder, type OrderBook, sumOf } from './order-books.ts';

/** What an order took of a payment. */
interface Taken {
  readonly amountMinor: number;
  readonly roundingAddedMinor: number;
  /** What the order needed before. */
  readonly neededMinor: number;
}

interface Judgement {
  readonly flags: readonly string[];
  /** Whether the order needed nothing at some time since the payment came to the server. */
  readonly wasNeedless: boolean;
}

/** Payments that offline tills took, and what became of them. */
export interface FactPayments {
  kept(fact: TillFact, place: number): void;
  judged(fact: TillFact, flags: readonly string[]): void;
  /** An event of an order. */
  order(event: RecordedEvent, place: number): void;
  /** What is wrong with the payment of a fact, when all has come to rest. */
  fault(fact: TillFact): string | undefined;
}

const paymentOf = (shop: string, paymentId: string) => `${shop} ${paymentId}`;
const streamOf = ({ shop, orderId }: TillFact) => streamName('order', shop, orderId);

/** Due, and not reserved by a charge to an account. Before its sale came nobody knows. */
function neededMinor(book: OrderBook | undefined): number {
  if (!book) return Infinity;
  if (book.ended) return 0;
  const pending = [...book.charges.values()].filter((each) => !each.debtId && !each.rejected);
  const pendingMinor = sumOf(pending.map((each) => each.amountMinor));
  return book.totalMinor - sumOf(Object.values(book.paid)) - pendingMinor;
}

/** A payment that its order took: all of it, or all that was needed. */
function faultOfTaken(amountMinor: number, flags: readonly string[], taken: Taken) {
  if (flags.includes('payment-not-applied')) return 'was booked, and is flagged as not applied';
  const takenMinor = taken.amountMinor - taken.roundingAddedMinor;
  const isWhole = takenMinor === amountMinor;
  if (!isWhole && takenMinor !== taken.neededMinor) {
    return `is ${amountMinor}, and ${takenMinor} of ${taken.neededMinor} was booked`;
  }
  const excessMinor = isWhole ? 0 : amountMinor - taken.amountMinor;
  if (flags.includes('payment-exceeds-due') === excessMinor > 0) return undefined;
  return `exceeds what was due by ${excessMinor}, and its flags are ${String(flags)}`;
}

/** A payment that its order did not take: because the order needed nothing, and flagged as such. */
function faultOfUntaken({ flags, wasNeedless }: Judgement) {
  if (!flags.includes('payment-not-applied')) return 'was booked 0 times, and is not flagged';
  return wasNeedless ? undefined : 'was booked 0 times, while its order needed it';
}

export function createFactPayments(): FactPayments {
  const books = new Map<string, OrderBook>();
  const takenOf = new Map<string, Taken[]>();
  /** Where the first fact of a payment was kept. */
  const keptAt = new Map<string, number>();
  /** The last event before which an order needed nothing. */
  const needlessAt = new Map<string, number>();
  const judgements = new Map<TillFact, Judgement>();

  return {
    kept({ shop, paymentId }, place) {
      if (paymentId === undefined) return;
      const name = paymentOf(shop, paymentId);
      if (!keptAt.has(name)) keptAt.set(name, place);
    },
    judged(fact, flags) {
      const { shop, paymentId } = fact;
      if (paymentId === undefined) return;
      const stream = streamOf(fact);
      const since = keptAt.get(paymentOf(shop, paymentId)) ?? Infinity;
      const wasNeedless =
        neededMinor(books.get(stream)) <= 0 || (needlessAt.get(stream) ?? -1) > since;
      judgements.set(fact, { flags, wasNeedless });
    },
    order(event, place) {
      const { stream, metadata } = event;
      const needed = neededMinor(books.get(stream));
      if (needed <= 0) needlessAt.set(stream, place);
      const { type, data } = event as unknown as OrderEvent;
      if (type === 'OrderPaymentRecorded') {
        const name = paymentOf(metadata.storeId, data.paymentId);
        const { amountMinor, roundingAddedMinor } = data;
        const taken = { amountMinor, roundingAddedMinor, neededMinor: needed };
        takenOf.set(name, [...(takenOf.get(name) ?? []), taken]);
      }
      // Whether the order itself adds up is a rule of the books.
      bookOrder(books, event, () => undefined);
    },
    fault(fact) {
      const { shop, paymentId, amountMinor } = fact;
      if (paymentId === undefined) return undefined;
      const judgement = judgements.get(fact);
      if (!judgement) return 'is not judged';
      const [taken, ...more] = takenOf.get(paymentOf(shop, paymentId)) ?? [];
      if (more.length > 0) return `was booked ${1 + more.length} times`;
      if (!taken) return faultOfUntaken(judgement);
      return faultOfTaken(amountMinor, judgement.flags, taken);
    },
  };
}
