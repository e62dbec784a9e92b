import type { Outcome } from './outcomes.ts';

interface ItemCode {
  readonly outcome: Outcome;
  /** What the person who imports can do. */
  readonly action: string;
}

const RETRIEVE = 'retrieve the order from Square again, and import it again';

/**
 * Why the import itself passes an item over. An item can also have a code of the error table, when
 * the order breaks a rule. docs/reference/errors.md documents both.
 */
export const ITEM_CODES = {
  invalid_order: { outcome: 'invalid', action: `Correct the field, or ${RETRIEVE}.` },
  order_without_id: {
    outcome: 'invalid',
    action:
      'Import the order as RetrieveOrder or SearchOrders returns it. A request, or a result of CalculateOrder, is no order yet.',
  },
  draft_order: {
    outcome: 'skipped',
    action: 'Import it again when it is open or completed at Square.',
  },
  no_sale: { outcome: 'skipped', action: 'Nothing to do: no goods and no money changed hands.' },
  order_with_returns: {
    outcome: 'refused',
    action: 'Import the sale that the goods come from, and record the return as a refund of it.',
  },
} as const satisfies Record<string, ItemCode>;

/** What the import did not copy from what it imported, and what to do about it. */
export const NOTICE_CODES = {
  tender_not_paid: 'Record the payment here when Square has the money.',
  refund_not_made: 'Record the refund here when Square has sent the money.',
  cash_tendered_ignored: 'Nothing to do: the payment itself is imported.',
  text_shortened: 'Nothing to do: Square keeps the whole text.',
  related_object_missing: 'Import it together with the object that it refers to.',
  not_taken_over: 'Add it here by hand where it is needed.',
} as const satisfies Record<string, string>;

export type ItemCodeName = keyof typeof ITEM_CODES;
export type NoticeCode = keyof typeof NOTICE_CODES;

/** What to do about a refusal by a rule, by its code in the error table. */
const RULE_ACTIONS: Readonly<Record<string, string>> = {
  total_mismatch: `Compare both sums with the order at Square, ${RETRIEVE}.`,
  payment_exceeds_due: `Compare the tenders with total_money, ${RETRIEVE}.`,
  illegal_transition:
    'The order is cancelled and has captured tenders. Check it at Square, and record its money by hand.',
  order_exists:
    'Compare the order here with the one at Square. Without a version, it is not followed.',
  idempotency_key_reused:
    'Compare the order here with the one at Square. Only a later version is followed.',
  changed_here_too:
    'Compare the order here with the one at Square, and enter by hand what is missing.',
  tip_below_refunded: 'Compare the tip with the refunds of the order, here and at Square.',
  order_closed: 'The order is closed here. Compare it with the one at Square.',
  refund_exceeds_remaining:
    'The sale is imported. Compare the refund with Square, and record it by hand.',
  refund_exceeds_tender:
    'The sale is imported. Compare the refund with Square, and record it by hand.',
  unknown_currency: `Correct the currency to a code of ISO 4217, or ${RETRIEVE}.`,
  internal: 'Import the order again. If it fails again, report its id and the time.',
};

/** What to do about an item with that code. */
export function actionFor(code: string): string {
  if (Object.hasOwn(ITEM_CODES, code)) return ITEM_CODES[code as ItemCodeName].action;
  return RULE_ACTIONS[code] ?? ITEM_CODES.invalid_order.action;
}
