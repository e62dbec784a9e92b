import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { categoryOf } from '../../../src/domain/kernel/names.ts';
import { accountOf } from '../nodes/providers.ts';
import type { CreateChecker } from './checker.ts';

interface Received {
  readonly provider: string;
  readonly transactionId: string;
  readonly orderId: string;
  readonly chargedMinor: number;
  readonly currency: string;
}

interface Result {
  readonly webhookId: string;
  readonly effect: string;
  readonly paymentId?: string;
}

/** A webhook that was not tried yet. */
export function untriedWebhook(recorded: readonly RecordedEvent[]): string | undefined {
  const open = new Set<string>();
  for (const { stream, type, data } of recorded) {
    if (categoryOf(stream) !== 'webhook') continue;
    const { isKnown } = data as { readonly isKnown?: boolean };
    if (type === 'WebhookReceived' && isKnown === true) open.add(stream);
    else open.delete(stream);
  }
  const [first] = open;
  return first && `${first} was not tried`;
}

/**
 * Rules of money at providers: only what the provider really holds is recorded, once, and something
 * becomes of each webhook.
 */
export const providerMoneyRules: CreateChecker = ({ servers }, fail) => {
  const received = new Map<string, string>();
  const payments = new Set<string>();
  const open = new Set<string>();
  let seen = 0;

  function notePayment({ stream, data, metadata }: RecordedEvent): void {
    const { provider, transactionId, orderId, ...payment } = data as Received;
    const { storeId } = metadata;
    const held = servers.providers.payments.find(
      (each) => each.id === transactionId && each.account === accountOf(storeId),
    );
    const { chargedMinor, currency } = payment;
    const isTrue =
      held?.provider === provider &&
      held.status === 'succeeded' &&
      held.amountMinor === chargedMinor &&
      held.currency === currency &&
      held.reference === orderId;
    if (!isTrue) fail('money-is-at-provider', `${stream} is not what ${provider} holds`);
    const key = `${storeId} ${provider} ${transactionId}`;
    const other = received.get(key);
    if (other !== undefined) fail('provider-payment-once', `${other} and ${stream} are one`);
    received.set(key, stream);
  }

  function noteResult({ stream, data }: RecordedEvent): void {
    const { effect, paymentId } = data as Result;
    if (effect !== 'payment_recorded') return;
    if (paymentId !== undefined && payments.has(`${stream.split('.')[0] ?? ''} ${paymentId}`))
      return;
    fail('webhook-decided', `${stream} says that it recorded a payment, and there is none`);
  }

  function note(event: RecordedEvent): void {
    const { stream, type, data, metadata } = event;
    if (type === 'PaymentReceived' || type === 'PaymentRequested') {
      const { paymentId } = data as { readonly paymentId: string };
      payments.add(`webhook-${metadata.storeId} ${paymentId}`);
    }
    if (type === 'PaymentReceived') notePayment(event);
    if (categoryOf(stream) !== 'webhook') return;
    const { isKnown } = data as { readonly isKnown?: boolean };
    if (type === 'WebhookReceived' && isKnown === true) open.add(stream);
    else open.delete(stream);
    if (type === 'WebhookProcessed') noteResult(event);
  }

  return {
    onStep() {
      for (; seen < servers.recorded.length; seen++) note(servers.recorded[seen] as RecordedEvent);
    },
    atEnd() {
      for (const stream of open) fail('webhook-decided', `nothing became of ${stream}`);
    },
  };
};
