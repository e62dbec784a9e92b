import type { Static } from '@sinclair/typebox';

import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { ProviderPayment } from '../../ports/payment-provider.ts';
import type {
  ChargeLookup,
  ProviderCharge,
  ProviderPayments,
  ProviderRefundRequest,
  ProviderResult,
} from '../../ports/provider-client.ts';
import type { createCalls } from '../shared/provider-calls.ts';
import { wholeMinor } from '../shared/provider-money.ts';
import { orNone, readable, UNREADABLE } from '../shared/provider-pages.ts';
import {
  PaymentResponse,
  type PaymentSchema,
  PaymentsResponse,
  RefundResponse,
  type RefundSchema,
} from './schemas.ts';

type Call = ReturnType<typeof createCalls>;
type SquarePayment = Static<typeof PaymentSchema>;
type SquareRefund = Static<typeof RefundSchema>;

const PAGE = 100;
/** Pages of a look-up. It lists the payments of one amount, since the day of the charge. */
const MAX_PAGES = 20;
/** Refunds of one payment that are looked through for one. */
const MAX_REFUNDS = 100;
const MAX_NOTE = 500;

/** Reasons that other providers have as well, in the words of all. */
const REASONS: Readonly<Record<string, string>> = { CARD_EXPIRED: 'expired_card' };
const reasonOf = (code: string) => REASONS[code] ?? code.toLowerCase();
const isNone = ({ code }: { readonly code: string }) => code === 'NOT_FOUND';

/**
 * Charges and refunds of a seller at Square. A charge has its payment's id as reference: Square
 * finds no payment by its key, so a look-up lists those of its amount. Lists lag behind by
 * seconds; a charge that is sent again meanwhile has the same key.
 */
export function createSquarePayments(call: Call): ProviderPayments {
  const read = (id: string) =>
    call({
      ...{ method: 'GET', path: `/v2/payments/${encodeURIComponent(id)}` },
      schema: PaymentResponse,
    });

  return {
    async charge(request) {
      const made = await call({
        ...{ method: 'POST', path: '/v2/payments', schema: PaymentResponse },
        body: chargeOf(request),
      });
      if (made.kind === 'permanent') {
        return { kind: 'ok', value: { kind: 'failed', reason: reasonOf(made.code) } };
      }
      return made.kind === 'ok' ? paymentResult(made.value.payment) : made;
    },
    async lookup(of) {
      if (of.transactionId === undefined) return findByReference(call, of);
      const found = orNone(await read(of.transactionId), isNone);
      return readable(found, ({ payment }) => outcomeOf(payment));
    },
    async refund(request) {
      const known = await findRefund(call, read, request);
      if (known.kind !== 'ok') return known;
      const refund = known.value ?? (await sendRefund(call, request));
      if ('kind' in refund) {
        const { kind, code } = refund;
        if (kind !== 'permanent') return refund;
        return { kind: 'ok', value: { kind: 'failed', reason: reasonOf(code) } };
      }
      return { kind: 'ok', value: refundOutcome(refund) };
    },
  };
}

function chargeOf(request: ProviderCharge) {
  const { requestKey, reference, source, amountMinor, tipMinor, currency, note } = request;
  const money = (amount: number) => ({ amount, currency });
  return {
    ...{ source_id: source, idempotency_key: requestKey, autocomplete: true },
    amount_money: money(amountMinor - tipMinor),
    ...(tipMinor > 0 && { tip_money: money(tipMinor) }),
    ...{ reference_id: reference, note: note.slice(0, MAX_NOTE) },
  };
}

/** Undefined: an amount that cannot be read. */
function outcomeOf(payment: SquarePayment): ProviderPayment | undefined {
  const { id: transactionId, status, total_money: total, card_details: card } = payment;
  switch (status) {
    case 'COMPLETED': {
      const chargedMinor = wholeMinor(total.amount);
      return chargedMinor ? { kind: 'succeeded', transactionId, chargedMinor } : undefined;
    }
    case 'CANCELED':
    case 'FAILED': {
      const code = card?.errors?.[0]?.code ?? status;
      return { kind: 'failed', reason: reasonOf(code) };
    }
    default:
      return { kind: 'accepted', transactionId };
  }
}

function paymentResult(payment: SquarePayment): ProviderResult<ProviderPayment> {
  const value = outcomeOf(payment);
  return value ? { kind: 'ok', value } : UNREADABLE;
}

async function findByReference(
  call: Call,
  { reference, amountMinor, sinceMs }: ChargeLookup,
): Promise<ProviderResult<ProviderPayment | undefined>> {
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const query = new URLSearchParams({
      ...{ begin_time: new Date(sinceMs).toISOString(), total: String(amountMinor) },
      ...{ limit: String(PAGE), ...omitUndefined({ cursor }) },
    });
    const path = `/v2/payments?${query.toString()}`;
    const result = await call({ method: 'GET', path, schema: PaymentsResponse });
    if (result.kind !== 'ok') return result;
    const { payments = [], cursor: next } = result.value;
    const found = payments.find((each) => each.reference_id === reference);
    if (found) return paymentResult(found);
    if (next === undefined) return { kind: 'ok', value: undefined };
    cursor = next;
  }
  // Not seen is not the same as not there.
  return { kind: 'retry', code: 'too_many_payments', isUnknown: true };
}

const refundReason = (requestKey: string) => `Refund ${requestKey}`;

async function sendRefund(call: Call, request: ProviderRefundRequest) {
  const { requestKey, transactionId, amountMinor: amount, currency } = request;
  const made = await call({
    ...{ method: 'POST', path: '/v2/refunds', schema: RefundResponse },
    body: {
      ...{ idempotency_key: requestKey, payment_id: transactionId },
      ...{ amount_money: { amount, currency }, reason: refundReason(requestKey) },
    },
  });
  return made.kind === 'ok' ? made.value.refund : made;
}

/** How long Square remembers a key is not known: a refund that was sent before is read instead. */
async function findRefund(
  call: Call,
  read: (id: string) => Promise<ProviderResult<Static<typeof PaymentResponse>>>,
  { requestKey, transactionId }: ProviderRefundRequest,
): Promise<ProviderResult<SquareRefund | undefined>> {
  const found = await read(transactionId);
  if (found.kind !== 'ok') return found;
  const ids = found.value.payment.refund_ids ?? [];
  for (const id of ids.slice(-MAX_REFUNDS).reverse()) {
    const path = `/v2/refunds/${encodeURIComponent(id)}`;
    const result = await call({ method: 'GET', path, schema: RefundResponse });
    if (result.kind !== 'ok') return result;
    const { refund } = result.value;
    if (refund.reason === refundReason(requestKey)) return { kind: 'ok', value: refund };
  }
  return { kind: 'ok', value: undefined };
}

/** A refund begins as pending: the bank decides. */
function refundOutcome({ id: transactionId, status }: SquareRefund) {
  if (status === 'COMPLETED') return { kind: 'refunded', transactionId } as const;
  if (status === 'REJECTED' || status === 'FAILED') {
    return { kind: 'failed', reason: `refund_${status.toLowerCase()}` } as const;
  }
  return { kind: 'accepted' } as const;
}
