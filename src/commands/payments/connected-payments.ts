import { UpstreamError } from '../../domain/kernel/errors.ts';
import { instantMs } from '../../domain/kernel/instant.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { Digest } from '../../ports/digest.ts';
import type {
  ConnectedPayments,
  PaymentAtProvider,
  PaymentProvider,
  ProviderPayment,
  ProviderRetry,
} from '../../ports/payment-provider.ts';
import {
  MAX_REFERENCE_LENGTH,
  type ProviderConnections,
  type ProviderFailure,
  type ProviderPayments,
} from '../../ports/provider-client.ts';

const DAY_MS = 86_400_000;
const KEY_LENGTH = 32;
/** Until the next question about a refund that the provider has not decided. */
const REFUND_POLL_MS = 30_000;
/** Until the next try with an account whose token does not serve. */
const AUTH_RETRY_MS = 60_000;

export interface ConnectedPaymentParts {
  readonly connections: ProviderConnections;
  readonly digest: Digest;
  /** What payers gave, such as tokens of cards. */
  readonly sources: { get(storeId: string, id: string): Promise<string | undefined> };
}

/**
 * Payments through the account of the shop itself. The keys of requests come from the shop, the
 * payment and the step, never from the attempt.
 */
export function createConnectedPayments(parts: ConnectedPaymentParts): ConnectedPayments {
  return {
    async open(storeId, payment) {
      const opened = await parts.connections.open(storeId, payment.provider, 'high');
      const account = opened.kind === 'ok' ? opened.value.client.payments : undefined;
      return account && providerOf(parts, account, storeId, payment);
    },
  };
}

function providerOf(
  { digest, sources }: ConnectedPaymentParts,
  account: ProviderPayments,
  storeId: string,
  payment: PaymentAtProvider,
): PaymentProvider {
  const { provider, paymentId, orderId, tipMinor, amountMinor, transactionId } = payment;
  const keyOf = (...step: readonly string[]) =>
    digest.sha256(JSON.stringify([storeId, provider, paymentId, ...step])).slice(0, KEY_LENGTH);
  const none = { kind: 'failed', reason: 'payment_source_missing' } as const;

  return {
    async charge(request) {
      if (paymentId.length > MAX_REFERENCE_LENGTH) {
        return { kind: 'failed', reason: 'payment_id_too_long' };
      }
      const { sourceId } = payment;
      const source = sourceId === undefined ? undefined : await sources.get(storeId, sourceId);
      if (source === undefined) return none;
      const charged = await account.charge({
        ...{ requestKey: keyOf('charge'), reference: paymentId, source, tipMinor },
        ...{ amountMinor: request.amountMinor, currency: request.currency },
        note: `Order ${orderId}`,
      });
      return charged.kind === 'ok' ? charged.value : (notSent(charged) ?? inDoubt(charged));
    },
    async lookup(): Promise<ProviderPayment | undefined> {
      const found = await account.lookup({
        ...{ reference: paymentId, amountMinor: amountMinor + tipMinor },
        // The business day of a shop begins at most a day before that day does in UTC.
        sinceMs: instantMs(`${payment.requestedOn}T00:00:00.000Z`) - DAY_MS,
        ...omitUndefined({ transactionId }),
      });
      return found.kind === 'ok' ? found.value : inDoubt(found);
    },
    async refund({ refundId, amountMinor: refundMinor, currency }) {
      if (transactionId === undefined) return { kind: 'failed', reason: 'not_charged' };
      const refunded = await account.refund({
        ...{ requestKey: keyOf('refund', refundId), transactionId },
        ...{ amountMinor: refundMinor, currency },
      });
      if (refunded.kind === 'ok') {
        const { value } = refunded;
        if (value.kind !== 'accepted') return value;
        return { kind: 'retry', reason: 'refund_pending', afterMs: REFUND_POLL_MS };
      }
      return notSent(refunded) ?? inDoubt(refunded);
    },
  };
}

/** Nothing was done, and the same call may succeed later. */
function notSent({ kind, code, afterMs, isUnknown }: ProviderFailure): ProviderRetry | undefined {
  if (kind === 'auth') return { kind: 'retry', reason: code, afterMs: AUTH_RETRY_MS };
  if (kind !== 'retry' || isUnknown) return undefined;
  return { kind: 'retry', reason: code, ...omitUndefined({ afterMs }) };
}

/** @throws UpstreamError always: what the provider did has to be looked up. */
function inDoubt({ code }: ProviderFailure): never {
  const message = `the provider gave no outcome: ${code}`;
  if (code === 'timeout') throw new UpstreamError('upstream_timeout', message);
  if (code === 'unreadable') throw new UpstreamError('upstream_invalid_response', message);
  throw new UpstreamError('upstream_unavailable', message);
}
