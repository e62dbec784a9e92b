import { DomainError } from '../../kernel/errors.ts';
import { addMinor } from '../../kernel/money.ts';
import type { TenderGroup } from '../../kernel/tender.ts';
import { assertMinimum } from '../checks.ts';
import type { RefundOrder } from '../commands.ts';
import type { ByTender, Order } from '../state.ts';

type Given = Readonly<Partial<Record<TenderGroup, number>>>;

/**
 * Goods sold on account are refunded to the account first, then through the provider, then in cash.
 */
const FILL_ORDER: readonly TenderGroup[] = ['account', 'card', 'cash'];

/** The customer whose account the order was charged to, if any. */
export function accountCustomerOf(order: Order): string | undefined {
  return order.charges.find(({ outcome }) => outcome === 'confirmed')?.customerId;
}

/** What came in by each tender and was not refunded to it. */
function capacities(order: Order): Record<TenderGroup, number> {
  const left = (group: TenderGroup) => Math.max(0, order.paid[group] - order.refunded[group]);
  return { cash: left('cash'), card: left('card'), account: left('account') };
}

/**
 * Where a refund goes. Cash and cards take no more than came in by that tender, so that the same
 * cash leaves only once. A customer's account takes any of it: cash can become credit, never the
 * other way round (S30). Absent destinations are filled: account, card, cash.
 *
 * @param totalMinor amount and tip together, at most what is paid and was not refunded.
 * @throws DomainError refund_exceeds_tender, total_mismatch (destinations with another sum),
 *   amount_out_of_range.
 */
export function destinations(
  data: Pick<RefundOrder['data'], 'toCashMinor' | 'toCardMinor' | 'toAccountMinor'>,
  order: Order,
  totalMinor: number,
): ByTender {
  const given: Given = givenDestinations(data);
  const available = capacities(order);
  const toAccount = accountCustomerOf(order) !== undefined;
  const limits = { ...available, account: toAccount ? totalMinor : 0 };
  const sent = { cash: 0, card: 0, account: 0, ...given };
  for (const group of FILL_ORDER) {
    if (sent[group] > limits[group]) throw exceedsTender(group, sent[group], limits[group]);
  }
  let left = totalMinor - addMinor(sent.cash, sent.card, sent.account);
  if (left < 0) throw mismatch(totalMinor, totalMinor - left);
  const open = FILL_ORDER.filter((group) => given[group] === undefined);
  // Second pass: what fits nowhere else goes to the account, beyond what was charged to it.
  for (const most of [available, limits]) {
    for (const group of open) {
      const more = Math.min(left, most[group] - sent[group]);
      if (more <= 0) continue;
      sent[group] += more;
      left -= more;
    }
  }
  if (left === 0) return sent;
  if (open.length === 0) throw mismatch(totalMinor, totalMinor - left);
  throw exceedsTender(open.join(' and '), left, 0);
}

function givenDestinations(data: Parameters<typeof destinations>[0]): Given {
  const { toCashMinor, toCardMinor, toAccountMinor } = data;
  const given: Partial<Record<TenderGroup, number>> = {};
  if (toCashMinor !== undefined) given.cash = toCashMinor;
  if (toCardMinor !== undefined) given.card = toCardMinor;
  if (toAccountMinor !== undefined) given.account = toAccountMinor;
  for (const [group, amountMinor] of Object.entries(given)) assertMinimum(amountMinor, 0, group);
  return given;
}

function exceedsTender(group: string, requestedMinor: number, remainingMinor: number): DomainError {
  return new DomainError(
    'refund_exceeds_tender',
    `expected at most ${remainingMinor} more to ${group}, found ${requestedMinor}`,
    { to: group, remainingMinor, requestedMinor },
  );
}

function mismatch(expected: number, found: number): DomainError {
  return new DomainError(
    'total_mismatch',
    `expected destinations that sum to the refund of ${expected}, found ${found}`,
    { field: 'destinations', expected, found },
  );
}
