import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { CommandContext } from '../kernel/decider.ts';
import { ConflictError, DomainError } from '../kernel/errors.ts';
import { addMinor, assertWithinMaximum, exponentOf } from '../kernel/money.ts';
import { PROVIDERS } from '../kernel/providers.ts';
import type { RecordOutcome, RequestPayment } from './commands.ts';
import type { PaymentEvent, PaymentRequested } from './events.ts';
import type { Payment } from './state.ts';

/** Attempts at one charge, all with the same id; then the payment fails. */
export const MAX_CHARGE_ATTEMPTS = 20;
/** The provider that is used when a request names none. */
export const DEFAULT_PROVIDER = 'simulator';
/** Providers that charge on the account of the shop itself, with what the payer gave. */
const CONNECTED_PROVIDERS: readonly string[] = ['square'];
const KNOWN_PROVIDERS: readonly string[] = PROVIDERS;

export const isConnectedProvider = (provider: string) => CONNECTED_PROVIDERS.includes(provider);

/** Fields common to all events of a payment. */
export function commonData(payment: Payment, { businessDay }: CommandContext) {
  const { paymentId, orderId, currency } = payment;
  return { paymentId, orderId, currency, businessDay };
}

/**
 * @throws DomainError unknown_currency, amount_out_of_range, provider_takes_no_charges,
 *   payment_source_needed.
 */
export function requestPayment(
  data: RequestPayment['data'],
  context: CommandContext,
): PaymentRequested[] {
  const { orderId, provider = DEFAULT_PROVIDER, method, amountMinor, tipMinor = 0 } = data;
  const { currency, customerId, drawerId, sourceId } = data;
  exponentOf(currency);
  assertChargeable(provider, sourceId);
  assertWithinMaximum(addMinor(amountMinor, tipMinor));
  const { entityId: paymentId, businessDay } = context;
  return [
    {
      type: 'PaymentRequested',
      data: {
        ...{ paymentId, orderId, currency, businessDay, provider, method, amountMinor, tipMinor },
        ...omitUndefined({ customerId, drawerId, sourceId }),
      },
    },
  ];
}

function assertChargeable(provider: string, sourceId: string | undefined): void {
  if (isConnectedProvider(provider)) {
    if (sourceId !== undefined) return;
    const message = `expected a source, which ${provider} charges`;
    throw new DomainError('payment_source_needed', message, { provider });
  }
  if (!KNOWN_PROVIDERS.includes(provider)) return;
  const message = `expected a provider that charges, found ${provider}`;
  throw new DomainError('provider_takes_no_charges', message, { provider });
}

/**
 * Grants an attempt, unless a charge may have reached the provider: that is looked up first.
 * @throws ConflictError payment_in_progress, which is no decision: nothing is recorded.
 */
export function beginCharge(payment: Payment, context: CommandContext): PaymentEvent[] {
  const { next, paymentId, status, attempts } = payment;
  if (next !== 'charge') {
    throw new ConflictError(
      'payment_in_progress',
      `expected payment ${paymentId} to await its charge, found ${status}`,
      { paymentId, status },
    );
  }
  const data = { ...commonData(payment, context), attempt: attempts + 1 };
  return [{ type: 'PaymentChargeAttempted', data }];
}

/**
 * Records what became known. What says nothing new, or an older state, changes nothing. A charge
 * that had counted as failed and succeeded after all is recorded as late.
 * @throws DomainError charge_differs for a charge of another transaction.
 */
export function recordOutcome(
  { outcome, foundBy }: RecordOutcome['data'],
  payment: Payment,
  context: CommandContext,
): PaymentEvent[] {
  const common = commonData(payment, context);
  const { status, next, attempts } = payment;
  const attempt = Math.max(1, attempts);
  if (outcome.kind === 'succeeded') {
    const { transactionId, chargedMinor } = outcome;
    if (status === 'succeeded') return sameCharge(payment, transactionId);
    const late = status === 'failed';
    return [
      { type: 'PaymentSucceeded', data: { ...common, transactionId, chargedMinor, foundBy, late } },
    ];
  }
  if (next === 'none') return [];
  switch (outcome.kind) {
    case 'failed':
      return [{ type: 'PaymentFailed', data: { ...common, reason: outcome.reason, foundBy } }];
    case 'accepted': {
      const { transactionId } = outcome;
      if (payment.transactionId === transactionId && status === 'pending') return [];
      return [{ type: 'PaymentAccepted', data: { ...common, transactionId } }];
    }
    case 'deferred': {
      if (next !== 'lookup') return [];
      const { reason } = outcome;
      if (attempts < MAX_CHARGE_ATTEMPTS) {
        return [{ type: 'PaymentChargeDeferred', data: { ...common, attempt, reason } }];
      }
      return [{ type: 'PaymentFailed', data: { ...common, reason, foundBy } }];
    }
    case 'unknown': {
      if (next !== 'lookup' || status === 'unknown') return [];
      const { reason } = outcome;
      return [{ type: 'PaymentOutcomeUnknown', data: { ...common, attempt, reason } }];
    }
  }
}

function sameCharge(payment: Payment, transactionId: string): PaymentEvent[] {
  if (payment.transactionId === transactionId) return [];
  throw new DomainError(
    'charge_differs',
    `expected transaction ${String(payment.transactionId)}, found ${transactionId}`,
    { paymentId: payment.paymentId, found: transactionId },
  );
}
