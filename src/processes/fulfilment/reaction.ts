import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { ProcessInput, StepResult } from '../../engine/processes/durable/durable-process.ts';
import { confirmed, reclaim } from './confirming.ts';
import {
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
  type OrderedLine,
  partsOfStep,
  STAGE,
  step,
} from './state.ts';
import { renew, reserved, verified } from './stock.ts';
import { ended, undo, undone } from './undo.ts';

/** What an order asks for, as its event says it. */
interface Requested extends Pick<
  FulfilmentState,
  'orderId' | 'amountMinor' | 'currency' | 'method' | 'priority'
> {
  readonly lines: readonly OrderedLine[];
}

interface AboutPayment {
  readonly paymentId: string;
  readonly reason?: string;
  readonly appliedMinor?: number;
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
      return giveUp(state, 'an operator cancelled it');
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
  const { paymentId, reason, appliedMinor = 0 } = data as AboutPayment;
  // The order may have other payments, such as one at the counter.
  if (state.paymentId === '' || paymentId !== paymentIdOf(state.orderId)) return undefined;
  switch (type) {
    case 'PaymentSucceeded':
      return paymentSucceeded(state);
    case 'PaymentApplied':
      return paymentApplied(state, appliedMinor);
    case 'PaymentFailed':
      return paymentFailed(state, reason ?? 'it was refused');
    default:
      return undefined;
  }
}

function start(state: FulfilmentState, requested: Requested): FulfilmentReaction | undefined {
  if (state.orderId !== '') return undefined;
  const { orderId, lines, amountMinor, currency, method, priority } = requested;
  return {
    state: { ...state, orderId, amountMinor, currency, method, priority },
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
  const { kind, suffix } = partsOfStep(name);
  switch (kind) {
    case 'verify':
      return verified(state, result);
    case 'reserve':
      return reserved(state, suffix);
    case 'charge':
      return chargeRequested(state);
    case 'confirm':
    case 'reclaim':
      return confirmed(state, suffix);
    case 'release':
    case 'restock':
    case 'refund':
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
  { step: name, code, message }: Extract<ProcessInput, { readonly kind: 'refused' }>,
): FulfilmentReaction | undefined {
  const { kind, suffix } = partsOfStep(name);
  switch (kind) {
    case 'verify':
      return undo(state, 'CANCELLED', message);
    case 'reserve':
      return reserved(state, suffix, message);
    case 'charge':
      return paymentFailed(state, message);
    case 'confirm':
      return reclaim(state, suffix);
    case 'reclaim':
      return confirmed(state, suffix, message);
    case 'release':
    case 'restock':
      return undone(state, name);
    case 'refund':
      // A person has refunded it meanwhile.
      if (code === 'refund_exceeds_remaining') return undone(state, name);
      return {
        state: { ...state, reason: message },
        stage: STAGE.undoing,
        waitsFor: `a person: the refund was refused: ${message}`,
      };
    case 'close':
      return ended(state);
    default:
      return undefined;
  }
}
