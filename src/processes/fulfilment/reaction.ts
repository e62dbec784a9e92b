import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { ProcessInput, StepResult } from '../../engine/processes/durable/durable-process.ts';
import { accountCharged, accountRefused } from './account.ts';
import { confirmed } from './confirming.ts';
import {
  cancelled,
  chargeRequested,
  giveUp,
  orderCancelled,
  paymentApplied,
  paymentFailed,
  paymentIdOf,
  paymentSucceeded,
} from './payment.ts';
import {
  DEADLINE_MS,
  type FulfilmentReaction,
  type FulfilmentState,
  isOnAccount,
  isRefunded,
  kindOfStep,
  type OrderedLine,
  REFUND,
  STAGE,
  step,
} from './state.ts';
import { listOf, renew, reserved, verified } from './stock.ts';
import { ended, refunded, refundRefused, undo, undone } from './undo.ts';

/** What an order asks for, as its event says it. */
interface Requested extends Pick<
  FulfilmentState,
  'orderId' | 'amountMinor' | 'currency' | 'method' | 'priority'
> {
  readonly lines: readonly OrderedLine[];
  readonly customerId?: string;
}

interface AboutPayment {
  readonly paymentId: string;
  readonly reason?: string;
  readonly appliedMinor?: number;
  readonly chargedMinor?: number;
  readonly refundedMinor?: number;
}

/** Fulfils one order (O4): stock, payment, confirmation; or all of it is put back. Pure. */
export function reactToFulfilment(
  state: FulfilmentState,
  input: ProcessInput,
): FulfilmentReaction | undefined {
  switch (input.kind) {
    case 'event':
      return onEvent(state, input.event);
    case 'timer':
      return input.name === 'renew' ? renew(state) : giveUp(state, 'it took too long');
    case 'accepted':
      return accepted(state, input.step, input.result);
    case 'refused':
      return refused(state, input);
    case 'cancel':
      return cancelled(state);
  }
}

function onEvent(
  state: FulfilmentState,
  { type, data }: Pick<RecordedEvent, 'type' | 'data'>,
): FulfilmentReaction | undefined {
  if (type === 'FulfilmentRequested') return start(state, data as Requested);
  // An order without fulfilment.
  if (state.orderId === '') return undefined;
  if (type === 'OrderCancelled') return orderCancelled(state);
  const { paymentId, reason, ...minor } = data as AboutPayment;
  const { appliedMinor = 0, chargedMinor = 0, refundedMinor = 0 } = minor;
  // The order may have other payments, such as one at the counter.
  if (state.paymentId === '' || paymentId !== paymentIdOf(state.orderId)) return undefined;
  switch (type) {
    case 'PaymentSucceeded':
      return paymentSucceeded(state, chargedMinor);
    case 'PaymentApplied':
      return paymentApplied(state, appliedMinor);
    case 'PaymentFailed':
      return paymentFailed(state, reason ?? 'it was refused');
    case 'PaymentRefunded':
      return refunded(state, refundedMinor);
    case 'PaymentRefundFailed':
      return refundRefused(state, reason ?? 'the provider refused it');
    default:
      return undefined;
  }
}

function start(state: FulfilmentState, requested: Requested): FulfilmentReaction | undefined {
  if (state.orderId !== '') return undefined;
  const { orderId, lines, amountMinor, currency, method, priority, customerId = '' } = requested;
  return {
    state: { ...state, orderId, amountMinor, currency, method, priority, customerId },
    stage: STAGE.started,
    steps: [
      step('status', 'PROCESSING', { status: 'PROCESSING' }),
      step('verify', 1, { lines: lines.map((line) => ({ ...line })) }),
    ],
    setTimers: [{ name: 'deadline', afterMs: DEADLINE_MS }],
  };
}

function accepted(
  state: FulfilmentState,
  name: string,
  result: StepResult,
): FulfilmentReaction | undefined {
  switch (kindOfStep(name)) {
    case 'verify':
      return verified(state, result);
    case 'reserve':
      return reserved(state, result);
    case 'charge':
      return chargeRequested(state);
    case 'account':
      return accountCharged(state);
    // Of a provider it was only asked for: that it went back, the payment says.
    case 'refund':
      return isOnAccount(state) ? refunded(state, state.chargedMinor) : undefined;
    case 'confirm':
      return confirmed(state, listOf<string>(result['lost']));
    case 'release':
    case 'restock':
      return undone(state, name);
    case 'close':
      return ended(state);
    default:
      return undefined;
  }
}

/** What the rules refused finally. */
function refused(
  state: FulfilmentState,
  { step: name, message }: Extract<ProcessInput, { readonly kind: 'refused' }>,
): FulfilmentReaction | undefined {
  switch (kindOfStep(name)) {
    case 'verify':
      return undo(state, 'CANCELLED', message);
    case 'reserve':
      return reserved(state, { message });
    case 'charge':
      return paymentFailed(state, message);
    case 'account':
      return accountRefused(state, message);
    case 'release':
    case 'restock':
      return undone(state, name);
    case 'refund':
      // A person may have refunded it meanwhile.
      return isRefunded(state) ? undone(state, REFUND) : refundRefused(state, message);
    case 'close':
      return ended(state);
    default:
      return undefined;
  }
}
