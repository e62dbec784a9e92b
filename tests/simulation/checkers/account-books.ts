import type { AccountEvent, Allocation, Contact } from '../../../src/domain/accounts/events.ts';
import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { canonicalJson } from '../../../src/domain/kernel/fingerprint.ts';
import { sumOf } from './order-books.ts';

/** A customer's account as an accountant keeps it. */
export interface AccountBook {
  readonly debts: Map<string, { kind: string; orderId?: string; openMinor: number }>;
  creditMinor: number;
  cashInMinor: number;
  cashOutMinor: number;
  limitMinor: number | null;
  contact: Contact;
  readonly returns: Set<string>;
  /** A decision left more owed than the limit, and its alert event has not followed yet. */
  breach: string | undefined;
}

type Say = (message: string) => void;

export const balanceOf = ({ debts, creditMinor }: AccountBook): number =>
  sumOf([...debts.values()].map(({ openMinor }) => openMinor)) - creditMinor;

function allocate(book: AccountBook, allocations: readonly Allocation[], say: Say): number {
  for (const { debtId, amountMinor, remainingMinor } of allocations) {
    const debt = book.debts.get(debtId);
    if (!debt) {
      say(`${amountMinor} is allocated to debt ${debtId}, which there is not`);
      continue;
    }
    debt.openMinor -= amountMinor;
    if (debt.openMinor < 0) say(`debt ${debtId} is paid ${-debt.openMinor} more than it is`);
    if (debt.openMinor !== remainingMinor) {
      say(`debt ${debtId} is said to keep ${remainingMinor}, and keeps ${debt.openMinor}`);
    }
  }
  return sumOf(allocations.map(({ amountMinor }) => amountMinor));
}

/** What is paid goes to open debts as far as there are any, and all of it goes somewhere. */
function bookIncome(
  book: AccountBook,
  data: {
    readonly amountMinor: number;
    readonly allocations: readonly Allocation[];
    readonly creditMinor: number;
    readonly recoveredMinor?: number;
  },
  say: Say,
  spread: boolean,
): void {
  const allocated = allocate(book, data.allocations, say);
  if (allocated + data.creditMinor + (data.recoveredMinor ?? 0) !== data.amountMinor) {
    say(`${data.amountMinor} is paid; ${allocated} allocated and ${data.creditMinor} credit`);
  }
  book.creditMinor += data.creditMinor;
  const open = sumOf([...book.debts.values()].map(({ openMinor }) => openMinor));
  if (spread && data.creditMinor > 0 && open > 0) {
    say(`${data.creditMinor} becomes credit, while ${open} is owed`);
  }
}

/** Takes an event of an account into its book, and says what in it is no proper accounting. */
export function bookAccount(
  books: Map<string, AccountBook>,
  event: RecordedEvent,
  rule: (rule: string, message: string) => void,
): void {
  const { type, data } = event as unknown as AccountEvent;
  const say: Say = (message) => rule('account-adds-up', `${event.stream} ${type}: ${message}`);
  if (type === 'AccountOpened') {
    books.set(event.stream, {
      debts: new Map(),
      ...{ creditMinor: 0, cashInMinor: 0, cashOutMinor: 0 },
      limitMinor: data.creditLimitMinor,
      contact: data.personal,
      returns: new Set(),
      breach: undefined,
    });
  }
  const book = books.get(event.stream);
  if (!book) return;
  const before = { balance: balanceOf(book), limit: book.limitMinor ?? Infinity };
  const { commandId } = event.metadata;
  if (book.breach !== undefined && book.breach !== commandId) {
    rule('breach-alert', `${event.stream} owes more than its limit after ${book.breach}`);
    book.breach = undefined;
  }
  bookDecision(book, event, say);
  const balance = balanceOf(book);
  const limit = book.limitMinor ?? Infinity;
  if (type === 'CreditLimitBreached') book.breach = undefined;
  else if (balance > limit && (balance > before.balance || limit < before.limit)) {
    book.breach = commandId;
  }
}

function bookDecision(book: AccountBook, event: RecordedEvent, say: Say): void {
  const { type, data } = event as unknown as AccountEvent;
  switch (type) {
    case 'AccountTermsChanged':
      book.limitMinor = data.creditLimitMinor;
      break;
    case 'AccountContactChanged': {
      const { previous, ...next } = data.personal;
      if (canonicalJson(previous) !== canonicalJson(book.contact)) {
        say(`the contact before is said to be ${previous.name}, and was ${book.contact.name}`);
      }
      book.contact = next;
      break;
    }
    case 'DebtOpened': {
      const { debtId, kind, orderId, amountMinor } = data;
      if (book.debts.has(debtId)) say(`debt ${debtId} is opened twice`);
      book.debts.set(debtId, { kind, openMinor: amountMinor, ...(orderId && { orderId }) });
      const over = book.limitMinor === null ? 0 : balanceOf(book) - book.limitMinor;
      if (kind !== 'opening' && over > 0) say(`${over} more than the limit is owed`);
      break;
    }
    case 'AccountPaymentRecorded':
      if (data.method === 'cash') book.cashInMinor += data.amountMinor;
      bookIncome(book, data, say, data.policy === 'fifo');
      break;
    case 'SaleReturnedToAccount':
      if (book.returns.has(data.refundId)) say(`refund ${data.refundId} comes in twice`);
      book.returns.add(data.refundId);
      bookIncome(book, data, say, false);
      break;
    case 'CreditApplied': {
      const allocated = allocate(book, data.allocations, say);
      if (allocated !== data.amountMinor) say(`${allocated} of ${data.amountMinor} is allocated`);
      book.creditMinor -= data.amountMinor;
      break;
    }
    case 'CashPaidOut':
      book.creditMinor -= data.amountMinor;
      book.cashOutMinor += data.amountMinor;
      if (book.cashOutMinor > book.cashInMinor) say('more cash goes out than came in');
      break;
    case 'DebtWrittenOff':
      allocate(book, [data], say);
      break;
  }
  if (book.creditMinor < 0) say(`credit of ${book.creditMinor} is used that there is not`);
  // A debt and what credit pays of it are two events of one decision, whose balance both tell.
  const balance = balanceOf(book);
  if (data.balanceMinor !== balance) {
    say(`the balance is said to be ${data.balanceMinor}, and is ${balance}`);
  }
}
