import { paymentDecider } from '../../domain/payments/index.ts';
import { backoffMs } from '../../lib/backoff.ts';
import { lookUpForNotice } from './charge-step.ts';
import { type PaymentWork, providerOf } from './payment-work.ts';

/** Between two looks at a notice whose payment is not known yet, or whose provider says nothing. */
const BACKOFF = { initialMs: 1_000, maxMs: 3_600_000, jitter: [0.5, 1] } as const;

export interface NoticeStep {
  /** When to look again; absent once the provider has given the outcome. */
  readonly againMs?: number;
  /** No provider could be asked: it does not count as a try. */
  readonly withoutProvider?: true;
}

/** How often a notice was looked at before. */
export interface Looks {
  readonly looks: number;
  /** Those of them with a provider to ask. */
  readonly tries: number;
}

/**
 * Asks the provider about the payment of a notice, and records what it is. A notice may come before
 * its payment is known here: it is then looked at again later. Without a provider it waits, with
 * pauses that grow, until one is configured.
 */
export async function noticeStep(
  work: PaymentWork,
  paymentId: string,
  { looks, tries }: Looks,
): Promise<NoticeStep> {
  const { state: payment } = await work.commands.load(paymentDecider, work.storeId, paymentId);
  const after = (times: number) => Math.ceil(backoffMs(BACKOFF, times, work.ids.random()));
  if (payment.status === 'succeeded') return {};
  const provider = payment.status === 'none' ? work.provider : await providerOf(work, payment);
  if (!provider) return { againMs: after(looks), withoutProvider: true };
  const again = { againMs: after(tries) };
  if (payment.status === 'none') return again;
  return (await lookUpForNotice({ work, payment, provider, tries })) ? {} : again;
}
