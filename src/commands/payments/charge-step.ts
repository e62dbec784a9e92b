import { UpstreamError } from '../../domain/kernel/errors.ts';
import type {
  ChargeOutcome,
  FoundBy,
  Payment,
  PaymentStatus,
} from '../../domain/payments/index.ts';
import { backoffMs } from '../../lib/backoff.ts';
import type {
  PaymentProvider,
  ProviderPayment,
  ProviderRetry,
} from '../../ports/payment-provider.ts';
import {
  NO_PROVIDER_MS,
  onPayment,
  paymentOf,
  type PaymentWork,
  providerOf,
} from './payment-work.ts';

/** Between two tries of a charge that failed for the moment. */
const CHARGE_BACKOFF = { initialMs: 1_000, maxMs: 60_000, jitter: [0.5, 1] } as const;
/** Between two look-ups of a payment whose outcome is open, until the provider knows it. */
const LOOKUP_BACKOFF = { initialMs: 2_000, maxMs: 600_000, jitter: [0.5, 1] } as const;

export interface ChargeStep {
  readonly status: PaymentStatus;
  /** When to run the step again; absent once the outcome is known. */
  readonly againMs?: number;
}

/**
 * Brings a payment one step on: sends the charge, or asks the provider what became of it. May run
 * again at any time, also after a crash between the call and the record of its outcome: that a
 * charge is about to be sent is recorded before the call, and from then on the provider is asked
 * first. The charge has the payment's id as its key at every try, so the provider charges once.
 *
 * @param tries How often the step ran for this payment before: the pauses grow with it.
 * @throws NotFoundError payment_not_found, and what the storage throws.
 */
export async function chargeStep(
  work: PaymentWork,
  paymentId: string,
  tries: number,
): Promise<ChargeStep> {
  const payment = await paymentOf(work, paymentId);
  const { status, next } = payment;
  if (next === 'none') return { status };
  const provider = await providerOf(work, payment);
  if (!provider) return { status, againMs: NO_PROVIDER_MS };
  const job = { work, payment, provider, tries };
  return next === 'charge' ? charge(job) : lookUp(job);
}

export interface Job {
  readonly work: PaymentWork;
  readonly payment: Payment;
  readonly provider: PaymentProvider;
  readonly tries: number;
}

async function charge(job: Job): Promise<ChargeStep> {
  const { work, payment, provider } = job;
  const { paymentId, amountMinor, tipMinor, currency, method, orderId } = payment;
  // Two workers share the id of this attempt: at worst both send the same charge with one key.
  const commandId = `charge ${payment.attempts + 1}`;
  await onPayment(work, paymentId, commandId, { type: 'BeginCharge', data: {} });
  const outcome = await known(() =>
    provider.charge({
      attemptId: paymentId,
      amountMinor: amountMinor + tipMinor,
      currency,
      method,
      reference: orderId,
    }),
  );
  return record(job, outcome, 'charge');
}

async function lookUp(job: Job): Promise<ChargeStep> {
  return record(job, await findOutcome(job), 'lookup');
}

/** The look-up is the truth. A provider that does not know the attempt has not charged it. */
async function findOutcome({ payment, provider }: Job): Promise<Known> {
  return known(
    async (): Promise<ProviderPayment | ProviderRetry> =>
      (await provider.lookup(payment.paymentId)) ?? { kind: 'retry', reason: 'not_at_provider' },
  );
}

/**
 * Looks the payment of a notice up and records what it is.
 * @returns whether the provider itself gave an outcome. That the payment counts as failed here does
 *   not say that: silence, and an outcome that is open, leave a failed payment as it is.
 */
export async function lookUpForNotice(job: Job): Promise<boolean> {
  const found = await findOutcome(job);
  await record(job, found, 'notice');
  return found.kind === 'succeeded' || found.kind === 'failed';
}

type Known = ProviderPayment | ProviderRetry | { readonly kind: 'unknown'; reason: string };

/** A call without a complete response may have been acted on. */
async function known(call: () => Promise<ProviderPayment | ProviderRetry>): Promise<Known> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof UpstreamError) return { kind: 'unknown', reason: error.code };
    throw error;
  }
}

async function record(
  { work, payment, tries }: Job,
  found: Known,
  foundBy: FoundBy,
): Promise<ChargeStep> {
  const outcome: ChargeOutcome =
    found.kind === 'retry' ? { kind: 'deferred', reason: found.reason } : found;
  const commandId = `outcome ${work.ids.uuid()}`;
  const data = { outcome, foundBy };
  const { paymentId } = payment;
  const result = await onPayment(work, paymentId, commandId, { type: 'RecordOutcome', data });
  const { state } = result;
  if (state.status === 'none') throw new Error('expected a payment after its outcome');
  if (state.next === 'none') return { status: state.status };
  const asked = found.kind === 'retry' ? found.afterMs : undefined;
  const backoff = state.next === 'charge' ? CHARGE_BACKOFF : LOOKUP_BACKOFF;
  return {
    status: state.status,
    againMs: Math.ceil(Math.max(asked ?? 0, backoffMs(backoff, tries, work.ids.random()))),
  };
}
