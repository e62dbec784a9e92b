import type { AccountEvent } from '../../../src/domain/accounts/events.ts';
import type { OrderEvent, Totals } from '../../../src/domain/orders/events.ts';

/**
 * A double-entry ledger of a shop, from the events alone and by none of the product's rules. Each
 * event posts debits (above 0) and credits (below 0) that must sum to zero.
 *
 * Names of its accounts: `receivable:<order>`, `debts:<customer>`, `credit:<customer>`, `cash`,
 * `card`, `clearing` (between orders and customer accounts), and `sales`, `service`,
 * `tax:<order>`, `tip:<order>`, `rounding`, `opening`, `loss` for what was earned, owed or lost.
 */
export interface Ledger {
  readonly balances: Map<string, number>;
  /** By customer: the cash in the credit, and by order what paid its debts. */
  readonly cashInCredit: Map<string, number>;
  readonly funding: Map<string, Funding>;
  /** Orders with refunds that were recorded without their taxes. */
  readonly withoutTax: Set<string>;
  /** What breaks a rule of bookkeeping, in words. */
  readonly findings: string[];
}

/** Who paid for the goods of one order on one account. */
interface Funding {
  cash: number;
  other: number;
  lost: number;
}

type Posting = readonly [account: string, amount: number];
type Data<E, Type> = Extract<E, { type: Type }> extends { data: infer D } ? D : never;

export function createLedger(): Ledger {
  return {
    balances: new Map(),
    cashInCredit: new Map(),
    funding: new Map(),
    withoutTax: new Set(),
    findings: [],
  };
}

export const balanceOf = ({ balances }: Ledger, account: string): number =>
  balances.get(account) ?? 0;

const sumOf = (amounts: readonly number[]): number => amounts.reduce((sum, each) => sum + each, 0);

function post(ledger: Ledger, type: string, postings: readonly Posting[]): void {
  const off = sumOf(postings.map(([, amount]) => amount));
  if (off !== 0) ledger.findings.push(`${type} posts ${off} more debit than credit`);
  for (const [account, amount] of postings) {
    ledger.balances.set(account, balanceOf(ledger, account) + amount);
  }
}

const tenderOf = (method: string) => (method === 'cash' ? 'cash' : 'card');

/** What an order is worth, as credits; negated when it is taken back. */
function worth(orderId: string, totals: Totals, sign: 1 | -1): Posting[] {
  const { grossMinor, discountMinor, serviceChargeMinor, taxMinor, tipMinor } = totals;
  return [
    ['sales', -sign * (grossMinor - discountMinor)],
    ['service', -sign * serviceChargeMinor],
    [`tax:${orderId}`, -sign * taxMinor],
    [`tip:${orderId}`, -sign * tipMinor],
    ['rounding', -sign * totals.roundingMinor],
  ];
}

function postingsOfOrder(ledger: Ledger, { type, data }: OrderEvent): readonly Posting[] {
  const { orderId } = data;
  const receivable = `receivable:${orderId}`;
  switch (type) {
    case 'OrderPlaced':
      return [[receivable, data.totals.totalMinor], ...worth(orderId, data.totals, 1)];
    case 'OrderCancelled':
      return [
        [receivable, data.refunded.totalMinor - data.totals.totalMinor],
        ...worth(orderId, data.totals, -1),
        ...worth(orderId, data.refunded, 1),
      ];
    case 'OrderLineVoided':
    case 'OrderComped':
    case 'OrderChangedAtProvider': {
      const change = data.totals.totalMinor - data.previousTotals.totalMinor;
      const before = worth(orderId, data.previousTotals, -1);
      return [[receivable, change], ...worth(orderId, data.totals, 1), ...before];
    }
    case 'OrderPaymentRecorded': {
      const { amountMinor, tipMinor, tipAddedMinor, roundingAddedMinor, method } = data;
      return [
        [receivable, tipAddedMinor + roundingAddedMinor],
        [`tip:${orderId}`, -tipAddedMinor],
        ['rounding', -roundingAddedMinor],
        [tenderOf(method), amountMinor + tipMinor],
        [receivable, -amountMinor - tipMinor],
      ];
    }
    case 'OrderTipAdjusted': {
      const changed = data.tipMinor - data.previousTipMinor;
      return [
        [tenderOf(data.method), changed],
        [`tip:${orderId}`, -changed],
      ];
    }
    case 'AccountChargeConfirmed':
      return [
        ['clearing', data.amountMinor],
        [receivable, -data.amountMinor],
      ];
    case 'OrderRefunded': {
      const { amountMinor, tipMinor, roundingMinor, taxMinor } = data;
      const tax = taxMinor ?? 0;
      if (taxMinor === null) ledger.withoutTax.add(orderId);
      return [
        ['sales', amountMinor - tax - roundingMinor],
        [`tax:${orderId}`, tax],
        ['rounding', roundingMinor],
        [`tip:${orderId}`, tipMinor],
        ['cash', -data.toCashMinor],
        ['card', -data.toCardMinor],
        ['clearing', -data.toAccountMinor],
      ];
    }
    case 'OrderStatusChanged': {
      if (data.to !== 'REFUNDED' || ledger.withoutTax.has(orderId)) return [];
      for (const account of [`tax:${orderId}`, `tip:${orderId}`]) {
        const left = balanceOf(ledger, account);
        if (left !== 0) ledger.findings.push(`${account} keeps ${-left} of a refunded order`);
      }
      return [];
    }
    default:
      return [];
  }
}

/** Debts of each customer by order, to know whose goods a payment pays for. */
const debtOrders = new WeakMap<Ledger, Map<string, string>>();

function fundingOf(ledger: Ledger, customerId: string, orderId: string): Funding {
  const key = `${customerId} ${orderId}`;
  const funding = ledger.funding.get(key) ?? { cash: 0, other: 0, lost: 0 };
  ledger.funding.set(key, funding);
  return funding;
}

function fund(
  ledger: Ledger,
  customerId: string,
  allocations: readonly { debtId: string; amountMinor: number }[],
  cashMinor: number,
): void {
  // Whatever is not cash pays first.
  let other = sumOf(allocations.map(({ amountMinor }) => amountMinor)) - cashMinor;
  for (const { debtId, amountMinor } of allocations) {
    const orderId = debtOrders.get(ledger)?.get(debtId);
    const byOther = Math.min(other, amountMinor);
    other -= byOther;
    if (orderId === undefined) continue;
    const funding = fundingOf(ledger, customerId, orderId);
    funding.other += byOther;
    funding.cash += amountMinor - byOther;
  }
}

function addCash(ledger: Ledger, customerId: string, amountMinor: number): void {
  const after = (ledger.cashInCredit.get(customerId) ?? 0) + amountMinor;
  ledger.cashInCredit.set(customerId, after);
  if (after < 0) ledger.findings.push(`${-after} more cash is paid out than is in the credit`);
}

function returned(ledger: Ledger, data: Data<AccountEvent, 'SaleReturnedToAccount'>): void {
  const { customerId, orderId, allocations, amountMinor, recoveredMinor, creditMinor } = data;
  const isOwn = ({ debtId }: { debtId: string }) => debtOrders.get(ledger)?.get(debtId) === orderId;
  const own = sumOf(allocations.filter(isOwn).map((each) => each.amountMinor));
  const funding = fundingOf(ledger, customerId, orderId);
  const lost = Math.min(amountMinor - own, funding.lost);
  if (recoveredMinor !== lost) {
    ledger.findings.push(`${lost} was lost on these goods, and ${recoveredMinor} is recovered`);
  }
  funding.lost -= lost;
  const value = amountMinor - own - recoveredMinor;
  const other = Math.min(value, funding.other);
  const cash = Math.min(value - other, funding.cash);
  funding.other -= other;
  funding.cash -= cash;
  const cashInCredit = Math.min(cash, creditMinor);
  // Not known of returns recorded before version 2.
  if (data.cashMinor !== null && data.cashMinor !== cashInCredit) {
    ledger.findings.push(`${cashInCredit} of the credit was cash, not ${data.cashMinor}`);
  }
  addCash(ledger, customerId, cashInCredit);
  fund(
    ledger,
    customerId,
    allocations.filter((each) => !isOwn(each)),
    cash - cashInCredit,
  );
}

function postingsOfAccount(ledger: Ledger, { type, data }: AccountEvent): readonly Posting[] {
  const { customerId } = data;
  const [debts, credit] = [`debts:${customerId}`, `credit:${customerId}`];
  switch (type) {
    case 'DebtOpened': {
      const { kind, amountMinor, debtId, orderId } = data;
      const map = debtOrders.get(ledger) ?? new Map<string, string>();
      debtOrders.set(ledger, map);
      if (orderId !== undefined) map.set(debtId, orderId);
      const from = { sale: 'clearing', direct: 'sales', opening: 'opening' }[kind];
      return [
        [debts, amountMinor],
        [from, -amountMinor],
      ];
    }
    case 'AccountPaymentRecorded': {
      const { method, amountMinor, allocations, creditMinor } = data;
      const isCash = method === 'cash';
      fund(ledger, customerId, allocations, isCash ? amountMinor - creditMinor : 0);
      if (isCash) addCash(ledger, customerId, creditMinor);
      return [
        [tenderOf(method), amountMinor],
        ...allocations.map((each): Posting => [debts, -each.amountMinor]),
        [credit, -creditMinor],
      ];
    }
    case 'CreditApplied': {
      const { allocations, amountMinor } = data;
      const cashInCredit = ledger.cashInCredit.get(customerId) ?? 0;
      const creditBefore = -balanceOf(ledger, credit);
      const cash = Math.max(0, amountMinor - (creditBefore - cashInCredit));
      fund(ledger, customerId, allocations, cash);
      addCash(ledger, customerId, -cash);
      return [
        [credit, amountMinor],
        ...allocations.map((each): Posting => [debts, -each.amountMinor]),
      ];
    }
    case 'SaleReturnedToAccount': {
      const { allocations, amountMinor, creditMinor, recoveredMinor } = data;
      returned(ledger, data);
      return [
        ['clearing', amountMinor],
        ...allocations.map((each): Posting => [debts, -each.amountMinor]),
        [credit, -creditMinor],
        ['loss', -recoveredMinor],
      ];
    }
    case 'CashPaidOut':
      addCash(ledger, customerId, -data.amountMinor);
      return [
        [credit, data.amountMinor],
        ['cash', -data.amountMinor],
      ];
    case 'DebtWrittenOff': {
      const orderId = debtOrders.get(ledger)?.get(data.debtId);
      if (orderId !== undefined) fundingOf(ledger, customerId, orderId).lost += data.amountMinor;
      return [
        ['loss', data.amountMinor],
        [debts, -data.amountMinor],
      ];
    }
    default:
      return [];
  }
}

/** Posts an event, and checks what must hold after every event. */
export function book(ledger: Ledger, event: OrderEvent | AccountEvent): void {
  if ('customerId' in event.data && 'balanceMinor' in event.data) {
    post(ledger, event.type, postingsOfAccount(ledger, event as AccountEvent));
    const { customerId, balanceMinor } = event.data as { customerId: string; balanceMinor: number };
    const balance =
      balanceOf(ledger, `debts:${customerId}`) + balanceOf(ledger, `credit:${customerId}`);
    // A debt and the credit that pays it are two events of one decision with one balance.
    if (event.type !== 'DebtOpened' && balance !== balanceMinor) {
      ledger.findings.push(`${event.type} states a balance of ${balanceMinor}, not ${balance}`);
    }
  } else post(ledger, event.type, postingsOfOrder(ledger, event as OrderEvent));
  if ('dueMinor' in event.data) {
    const due = balanceOf(ledger, `receivable:${event.data.orderId}`);
    const { dueMinor } = event.data;
    if (due !== dueMinor) ledger.findings.push(`${event.type} states ${dueMinor} due, not ${due}`);
  }
  for (const [account, balance] of ledger.balances) {
    const owed = account.startsWith('credit:') ? -balance : balance;
    const never = /^(cash|card|loss|receivable:.*|debts:.*|credit:.*)$/.test(account);
    if (never && owed < 0) ledger.findings.push(`${account} falls to ${owed} at ${event.type}`);
  }
}

/** What must hold once every charge and return has reached the account. */
export function settledFindings(ledger: Ledger): string[] {
  const clearing = balanceOf(ledger, 'clearing');
  const total = sumOf([...ledger.balances.values()]);
  return [
    ...ledger.findings,
    ...(clearing === 0 ? [] : [`clearing is left with ${clearing}`]),
    ...(total === 0 ? [] : [`all accounts sum to ${total}`]),
  ];
}
