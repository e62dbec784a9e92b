import { createRandom } from '../prng.ts';
import { DEFAULT_SETTINGS, type PaymentSettings } from './settings.ts';

const REASONS = ['insufficient_funds', 'expired_card', 'card_declined', 'invalid_card'] as const;

export interface SimulatedRefund {
  readonly id: string;
  readonly refundId: string;
  readonly amountMinor: number;
  readonly status: 'refunded' | 'failed';
  readonly reason?: string;
}

export interface SimulatedPayment {
  readonly id: string;
  readonly attemptId: string;
  readonly amountMinor: number;
  readonly currency: string;
  status: 'succeeded' | 'pending' | 'failed';
  reason?: string;
  /** How often a charge with this attempt id came; it was made once. */
  requests: number;
  readonly refunds: SimulatedRefund[];
}

/** What a request leads to: a status, a body, headers; `lost`: the connection is cut instead. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly lost?: boolean;
}

export interface ProviderOptions {
  readonly now: () => number;
  /** Runs something later; returns nothing. */
  readonly later: (ms: number, run: () => void) => void;
  readonly onSettled: (payment: SimulatedPayment) => void;
}

/** The provider's own rate limit: requests beyond those of a second are refused. */
function createLimiter(now: () => number) {
  let windowStart = 0;
  let inWindow = 0;
  return (requestsPerSecond: number): Reply | undefined => {
    if (requestsPerSecond === 0) return undefined;
    const second = Math.floor(now() / 1_000);
    if (second !== windowStart) [windowStart, inWindow] = [second, 0];
    inWindow += 1;
    if (inWindow <= requestsPerSecond) return undefined;
    return { status: 429, body: { error: 'rate_limited' }, headers: { 'retry-after': '1' } };
  };
}

/** The rules of the simulated provider, without a network. */
export function createProvider({ now, later, onSettled }: ProviderOptions) {
  let settings: PaymentSettings = DEFAULT_SETTINGS;
  let random = createRandom(settings.seed);
  let count = 0;
  const limited = createLimiter(now);
  const payments = new Map<string, SimulatedPayment>();

  function settle(payment: SimulatedPayment): void {
    if (payment.status !== 'pending') return;
    payment.status = 'succeeded';
    onSettled(payment);
  }

  function created(body: ChargeBody): SimulatedPayment {
    const { attemptId, amountMinor, currency } = body;
    const base = { id: `sim_${++count}`, attemptId, amountMinor, currency, requests: 1 };
    const refunds: SimulatedRefund[] = [];
    if (amountMinor > settings.fraudAboveMinor) {
      return { ...base, status: 'failed', reason: 'suspected_fraud', refunds };
    }
    if (random() < settings.permanentRate) {
      const reason = REASONS[Math.floor(random() * REASONS.length)] ?? REASONS[0];
      return { ...base, status: 'failed', reason, refunds };
    }
    const status = random() < settings.asynchronousRate ? 'pending' : 'succeeded';
    return { ...base, status, refunds };
  }

  return {
    settings: () => settings,
    set(changes: Partial<PaymentSettings>): void {
      settings = { ...settings, ...changes };
      if (changes.seed !== undefined) random = createRandom(settings.seed);
    },
    payments: () => [...payments.values()],
    /** Confirms a charge that was accepted, before its time. */
    confirm(attemptId: string): void {
      const payment = payments.get(attemptId);
      if (!payment) throw new Error(`no payment of attempt ${attemptId} was asked for yet`);
      settle(payment);
    },
    latencyMs: () =>
      settings.minLatencyMs + random() * (settings.maxLatencyMs - settings.minLatencyMs),

    /** The same attempt id is the same payment, whatever comes with it. */
    charge(body: ChargeBody): Reply {
      const refused = limited(settings.requestsPerSecond);
      if (refused) return refused;
      const known = payments.get(body.attemptId);
      if (known) {
        known.requests += 1;
        return replyOf(known);
      }
      if (random() < settings.temporaryRate) {
        return { status: 503, body: { error: 'temporarily_unavailable' } };
      }
      const payment = created(body);
      payments.set(payment.attemptId, payment);
      if (payment.status === 'pending') later(settings.confirmAfterMs, () => settle(payment));
      const lost = random() < settings.lostResponseRate;
      return { ...replyOf(payment), ...(lost && { lost }) };
    },

    lookup(attemptId: string): Reply {
      const refused = limited(settings.requestsPerSecond);
      if (refused) return refused;
      const payment = payments.get(attemptId);
      return payment ? replyOf(payment) : NOT_FOUND;
    },

    refund(attemptId: string, { refundId, amountMinor }: RefundBody): Reply {
      const payment = payments.get(attemptId);
      if (!payment) return NOT_FOUND;
      return refundReply(refundOf(payment, { refundId, amountMinor }, () => `ref_${++count}`));
    },
  };
}

export interface ChargeBody {
  readonly attemptId: string;
  readonly amountMinor: number;
  readonly currency: string;
}
export interface RefundBody {
  readonly refundId: string;
  readonly amountMinor: number;
}

/** The same refund id is the same refund, and no more goes back than was charged. */
function refundOf(
  payment: SimulatedPayment,
  { refundId, amountMinor }: RefundBody,
  newId: () => string,
): SimulatedRefund {
  const known = payment.refunds.find((each) => each.refundId === refundId);
  if (known) return known;
  const refunded = payment.refunds
    .filter(({ status }) => status === 'refunded')
    .reduce((sum, each) => sum + each.amountMinor, 0);
  const fits = payment.status === 'succeeded' && amountMinor <= payment.amountMinor - refunded;
  const base = { id: newId(), refundId, amountMinor };
  const refund: SimulatedRefund = fits
    ? { ...base, status: 'refunded' }
    : { ...base, status: 'failed', reason: 'refund_exceeds_payment' };
  payment.refunds.push(refund);
  return refund;
}

const NOT_FOUND: Reply = { status: 404, body: { error: 'not_found' } };

function replyOf({ requests: _, refunds: _r, ...payment }: SimulatedPayment): Reply {
  const status = { succeeded: 201, pending: 202, failed: 402 }[payment.status];
  return { status, body: payment };
}

const refundReply = (refund: SimulatedRefund): Reply => ({
  status: refund.status === 'refunded' ? 201 : 402,
  body: refund,
});
