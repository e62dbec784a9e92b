/** A payment as the provider shows it, in major units. */
export interface MercadoPagoPayment {
  readonly id: number;
  readonly status: string;
  readonly status_detail: string;
  readonly external_reference: string | null;
  readonly transaction_amount: number;
  readonly transaction_amount_refunded: number;
  readonly currency_id: string;
  readonly date_created: string;
  readonly date_approved: string | null;
  readonly date_last_updated: string;
  readonly payment_method_id: string;
  readonly payment_type_id: string;
  readonly live_mode: boolean;
  readonly captured: boolean;
  readonly collector_id: number;
  readonly description: string | null;
  readonly notification_url: string | null;
  readonly order: { readonly id: string; readonly type: 'mercadopago' } | Record<string, never>;
  readonly refunds: readonly MercadoPagoRefund[];
  readonly fee_details: readonly [];
}

export interface MercadoPagoRefund {
  readonly id: number;
  readonly payment_id: number;
  readonly amount: number;
  readonly status: 'approved';
  readonly date_created: string;
  readonly source: { readonly id: string; readonly name: string; readonly type: 'collector' };
}

/** What a card with that name of its holder leads to, as with the test cards of the provider. */
const OUTCOMES: Readonly<Record<string, readonly [status: string, detail: string]>> = {
  APRO: ['approved', 'accredited'],
  CONT: ['in_process', 'pending_contingency'],
  OTHE: ['rejected', 'cc_rejected_other_reason'],
  CALL: ['rejected', 'cc_rejected_call_for_authorize'],
  FUND: ['rejected', 'cc_rejected_insufficient_amount'],
  SECU: ['rejected', 'cc_rejected_bad_filled_security_code'],
  EXPI: ['rejected', 'cc_rejected_bad_filled_date'],
  FORM: ['rejected', 'cc_rejected_bad_filled_other'],
};

export function outcomeOf(token: string | undefined): readonly [status: string, detail: string] {
  return OUTCOMES[token ?? 'APRO'] ?? ['approved', 'accredited'];
}

/** Currencies without decimals at this provider; ISO 4217 gives one of them two. */
const WHOLE = new Set(['COP', 'CLP']);

/** Minor units of the provider, as an integer; undefined for an amount that it does not take. */
export function minorOf(amount: unknown, currency: string): number | undefined {
  if (typeof amount !== 'number' || !Number.isFinite(amount) || amount <= 0) return undefined;
  const minor = Math.round(amount * (WHOLE.has(currency) ? 1 : 100));
  const back = WHOLE.has(currency) ? minor : minor / 100;
  return back === amount ? minor : undefined;
}

/** The same payment with a status of the provider, such as one that a review or a bank gives. */
export function withStatus(
  payment: MercadoPagoPayment,
  status: string,
  detail: string,
  now: string,
): MercadoPagoPayment {
  const approved = status === 'approved' ? (payment.date_approved ?? now) : payment.date_approved;
  return {
    ...payment,
    ...{ status, status_detail: detail, date_approved: approved, date_last_updated: now },
  };
}

/** What can still be refunded, in minor units. */
export function refundableMinor(payment: MercadoPagoPayment): number {
  const { currency_id: currency } = payment;
  const minor = (amount: number) => minorOf(amount, currency) ?? 0;
  if (payment.status !== 'approved') return 0;
  return minor(payment.transaction_amount) - minor(payment.transaction_amount_refunded);
}

/** A partial refund leaves a payment approved; only the last one makes it refunded. */
export function withRefund(
  payment: MercadoPagoPayment,
  refund: MercadoPagoRefund,
  now: string,
): MercadoPagoPayment {
  const { currency_id: currency } = payment;
  const scale = WHOLE.has(currency) ? 1 : 100;
  const minor = (amount: number) => Math.round(amount * scale);
  const refunded = minor(payment.transaction_amount_refunded) + minor(refund.amount);
  const isAll = refunded === minor(payment.transaction_amount);
  return {
    ...payment,
    transaction_amount_refunded: refunded / scale,
    refunds: [...payment.refunds, refund],
    status: isAll ? 'refunded' : payment.status,
    status_detail: isAll ? 'refunded' : 'partially_refunded',
    date_last_updated: now,
  };
}
