import { type ErrorRow, RETRY, row } from './error-row.ts';

/** Errors of drawer sessions and of payments through a provider; part of the one table. */
export const MONEY_ERRORS = {
  // drawers
  drawer_not_found: row(
    'unknown',
    'Drawer session not found',
    'This shop has no drawer session with that id.',
  ),
  drawer_exists: row('refused', 'The drawer session exists already', 'Use another one.'),
  drawer_closed: row(
    'refused',
    'The drawer session is closed',
    'Open a new session. A manager can correct the figures of the closed one.',
  ),
  drawer_open: row('refused', 'The drawer session is open', 'Close the session first.'),
  drawer_in_use: row(
    'conflict',
    'The till has an open drawer session',
    '`detail` names the open session: close it first, or continue with it.',
  ),
  drawer_not_counted: row(
    'refused',
    'The drawer has no current count',
    'Count the drawer; cash that moved after a count makes it outdated.',
  ),
  variance_not_approved: row(
    'refused',
    'The variance needs an approval',
    'Count again, or let a manager approve the variance; then close with a new key.',
  ),
  cash_exceeds_drawer: row(
    'refused',
    'More cash than should be in the drawer',
    'Take out at most the expected cash.',
  ),
  // payments through a provider
  notice_not_signed: row(
    'unauthenticated',
    'The notice is not signed by the payment provider',
    'Sign it with the secret of this installation, at the time of sending.',
  ),
  shop_not_found: row(
    'unknown',
    'Shop not found',
    'This installation has no shop with that id. Correct the address of the notices.',
  ),
  payment_not_found: row(
    'unknown',
    'Payment not found',
    'This shop has no payment through a provider with that id, or the order has none.',
  ),
  payment_exists: row('refused', 'The payment exists already', 'Another payment has that id.'),
  payment_in_progress: row(
    'conflict',
    'The payment is in progress',
    'Its charge was sent. Wait for the outcome, which is looked up until it is known.',
    RETRY,
  ),
  payment_not_charged: row(
    'refused',
    'The payment is not charged',
    'Only a payment that succeeded can be refunded. Read its status.',
  ),
  charge_differs: row(
    'refused',
    'The provider reports another charge',
    'The payment was charged under another id of the provider. Compare both with the provider.',
  ),
  refund_at_provider: row(
    'refused',
    'The payment was made at the provider',
    'Refund it there: the refund is then recorded here by itself. `details.provider` names it.',
  ),
  payment_source_needed: row(
    'refused',
    'The payment needs a source',
    'Send `source`: what the payer gave, such as the token of a card.',
  ),
  provider_takes_no_charges: row(
    'refused',
    'The provider takes no charges from here',
    'Use `square`, or leave `provider` out. At Mercado Pago, payers pay on a page: `POST /checkouts`.',
  ),
  refund_not_found: row('unknown', 'Refund not found', 'The payment has no such refund.'),
  too_many_refunds: row(
    'refused',
    'Too many refunds are on their way',
    'Wait until the provider has carried them out, then use a new key.',
  ),
} as const satisfies Record<string, ErrorRow>;
