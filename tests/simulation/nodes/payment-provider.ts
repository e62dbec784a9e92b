import { UpstreamError } from '../../../src/domain/kernel/errors.ts';
import type {
  PaymentProvider,
  ProviderPayment,
  ProviderRefund,
} from '../../../src/ports/payment-provider.ts';
import type { Conditions } from '../world/conditions.ts';
import type { Fate, Line } from './line.ts';

const MOST_DECIDED_MS = 4_000;
/** Longest time after which a charge that had failed is made after all. */
const MOST_TURNED_MS = 6_000;
const MOST_RETRY_MS = 800;

/** A payment as the provider keeps it. */
export interface ProvidersPayment {
  readonly amountMinor: number;
  readonly currency: string;
  readonly transactionId: string;
  /** What it is from `decidedAt` on, in ms of the world; before that it is accepted. */
  isCharged: boolean;
  readonly decidedAt: number;
  readonly refunds: Map<string, { readonly amountMinor: number; readonly transactionId: string }>;
  /** Ids of the refunds that it refused: it says the same each time. */
  readonly refused: Set<string>;
}

/** What the provider gives notice of. `turned`: a charge that had failed was made after all. */
type Change = 'accepted' | 'decided' | 'turned';

/** The provider of the world, outside of all nodes: one payment per attempt id. */
export interface SimPayments extends PaymentProvider {
  readonly payments: ReadonlyMap<string, ProvidersPayment>;
  /** Called in worlds with notices. */
  onChange: (attemptId: string, change: Change) => void;
  /** Changes that are still to come. */
  toCome(): number;
}

export function createSimPayments({ world, weather }: Conditions): SimPayments {
  const rnd = world.rnd('payment provider');
  const changes = world.rnd('changes at the payment provider');
  const payments = new Map<string, ProvidersPayment>();
  let toCome = 0;

  function changeLater(delayMs: number, label: string, change: () => void): void {
    toCome += 1;
    world.at(delayMs, `the provider ${label}`, () => {
      toCome -= 1;
      change();
    });
  }

  function follow(attemptId: string, payment: ProvidersPayment): void {
    const waitMs = payment.decidedAt - world.now;
    if (waitMs > 0) server.onChange(attemptId, 'accepted');
    changeLater(waitMs, 'decides', () => {
      server.onChange(attemptId, 'decided');
      if (payment.isCharged || !changes.chance(0.3)) return;
      changeLater(changes.next() * MOST_TURNED_MS, 'charges after all', () => {
        payment.isCharged = true;
        server.onChange(attemptId, 'turned');
      });
    });
  }

  function answerOf({ transactionId, amountMinor, isCharged, decidedAt }: ProvidersPayment) {
    if (world.now < decidedAt) return { kind: 'accepted', transactionId } as const;
    if (!isCharged) return { kind: 'failed', reason: 'insufficient_funds' } as const;
    return { kind: 'succeeded', transactionId, chargedMinor: amountMinor } as const;
  }

  const server: SimPayments = {
    payments,
    onChange: () => undefined,
    toCome: () => toCome,
    charge({ attemptId, amountMinor, currency }) {
      const known = payments.get(attemptId);
      if (known) return Promise.resolve(answerOf(known));
      if (rnd.chance(0.15)) return Promise.resolve(busy(rnd.next()));
      const payment = {
        ...{ amountMinor, currency },
        transactionId: `tx-${payments.size + 1}`,
        isCharged: rnd.chance(0.85),
        decidedAt: world.now + (rnd.chance(0.2) ? rnd.next() * MOST_DECIDED_MS : 0),
        refunds: new Map(),
        refused: new Set<string>(),
      };
      payments.set(attemptId, payment);
      if (weather.notices) follow(attemptId, payment);
      return Promise.resolve(answerOf(payment));
    },
    lookup(attemptId): Promise<ProviderPayment | undefined> {
      const known = payments.get(attemptId);
      return Promise.resolve(known && answerOf(known));
    },
    refund({ attemptId, refundId, amountMinor, currency }) {
      const payment = payments.get(attemptId);
      const known = payment?.refunds.get(refundId);
      if (known) return Promise.resolve(refunded(known.transactionId));
      if (payment?.refused.has(refundId)) return Promise.resolve(REFUSED);
      if (rnd.chance(0.15)) return Promise.resolve(busy(rnd.next()));
      if (!payment?.isCharged || payment.currency !== currency || left(payment) < amountMinor) {
        return Promise.resolve(REFUSED);
      }
      if (rnd.chance(0.3)) {
        payment.refused.add(refundId);
        return Promise.resolve(REFUSED);
      }
      const transactionId = `${payment.transactionId}-r${payment.refunds.size + 1}`;
      payment.refunds.set(refundId, { amountMinor, transactionId });
      return Promise.resolve(refunded(transactionId));
    },
  };
  return server;
}

const busy = (share: number) =>
  ({ kind: 'retry', reason: 'rate_limited', afterMs: Math.ceil(share * MOST_RETRY_MS) }) as const;
const REFUSED = { kind: 'failed', reason: 'refund_refused' } as const;
const refunded = (transactionId: string): ProviderRefund => ({ kind: 'refunded', transactionId });

/** What the provider still has of a payment. */
export function left({ amountMinor, isCharged, refunds }: ProvidersPayment): number {
  if (!isCharged) return 0;
  return [...refunds.values()].reduce((sum, refund) => sum - refund.amountMinor, amountMinor);
}

/** The provider as one life of a node has it: over a network, and sometimes without an answer. */
export function createNodePayments(
  { world, faults }: Conditions,
  line: Line,
  server: PaymentProvider,
): PaymentProvider {
  const rnd = world.rnd('way to the payment provider');

  function fateOf(): Fate {
    if (rnd.chance(faults.chargeLost)) return rnd.chance(0.5) ? 'request-lost' : 'late';
    return rnd.chance(faults.chargeAnswerLost) ? 'answer-lost' : 'ok';
  }
  /** Whatever became of a call: its error is the one that the port promises. */
  const promised = <T>(call: Promise<T>): Promise<T> =>
    call.catch((cause: unknown) => {
      throw new UpstreamError('upstream_timeout', `no answer of the provider: ${String(cause)}`);
    });

  return {
    charge: (request) => promised(line.call('charge', () => server.charge(request), fateOf())),
    lookup: (attemptId) => promised(line.call('lookup', () => server.lookup(attemptId), fateOf())),
    refund: (request) => promised(line.call('refund', () => server.refund(request), fateOf())),
  };
}
