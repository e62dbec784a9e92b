import { applyPayment } from '../../commands/payments/apply-payment.ts';
import { chargeStep } from '../../commands/payments/charge-step.ts';
import { refundStep, returnToOrder } from '../../commands/payments/refund-step.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { PaymentEvent } from '../../domain/payments/index.ts';
import type {
  DurableProcess,
  ProcessInput,
  Reaction,
  StepHandler,
  StepRequest,
} from '../../engine/processes/durable/durable-process.ts';
import { durable } from '../../engine/processes/durable/open-durable.ts';
import { workOf } from './work.ts';

type State = {
  readonly paymentId: string;
  /** The refund, for an instance that refunds. */
  readonly refundId: string;
  /** Steps that were sent to the provider. */
  readonly tries: number;
};

const AGAIN = 'again';

/** The name of the instance: the payment, or the refund, or a charge that succeeded late. */
function correlate(recorded: RecordedEvent): string | undefined {
  const event = recorded as unknown as PaymentEvent;
  switch (event.type) {
    case 'PaymentRefundRequested':
    case 'PaymentRefunded':
    case 'PaymentRefundFailed':
      return event.data.refundId;
    case 'PaymentSucceeded':
      // The instance that charged it has ended with the failure.
      return event.data.late ? `${event.data.paymentId} late` : event.data.paymentId;
    default:
      return event.data.paymentId;
  }
}

/** The next call to the provider. A step's name is used once, so its number is part of it. */
function call(state: State, kind: 'charge' | 'refund', stage: string): Reaction<State> {
  const { paymentId, refundId, tries } = state;
  return {
    state: { ...state, tries: tries + 1 },
    stage,
    waitsFor: 'the payment provider',
    steps: [{ step: `${kind} ${tries + 1}`, kind, data: { paymentId, refundId, tries } }],
  };
}

function onEvent(state: State, event: PaymentEvent): Reaction<State> | undefined {
  const { paymentId } = event.data;
  switch (event.type) {
    case 'PaymentRequested':
      return call({ ...state, paymentId }, 'charge', 'charging');
    case 'PaymentReceived':
    case 'PaymentSucceeded': {
      const steps = [{ step: 'apply', kind: 'apply', data: { paymentId } }];
      return { state: { ...state, paymentId }, stage: 'applying', steps, cancelTimers: [AGAIN] };
    }
    case 'PaymentFailed':
      return { state, stage: 'failed', cancelTimers: [AGAIN], ended: 'completed' };
    case 'PaymentRefundRequested': {
      const { refundId } = event.data;
      return call({ ...state, paymentId, refundId }, 'refund', 'refunding');
    }
    case 'PaymentRefunded': {
      const { orderId, refundId, currency, reason, amountMinor, ofExcessMinor } = event.data;
      const data = { orderId, refundId, currency, reason, amountMinor, ofExcessMinor };
      const steps = [{ step: 'return', kind: 'return', data }];
      return { state, stage: 'returning', steps, cancelTimers: [AGAIN] };
    }
    case 'PaymentRefundFailed':
      return { state, stage: 'refund failed', cancelTimers: [AGAIN], ended: 'completed' };
    default:
      return undefined;
  }
}

function react(state: State, input: ProcessInput): Reaction<State> | undefined {
  const kind = state.refundId === '' ? 'charge' : 'refund';
  switch (input.kind) {
    case 'event':
      return onEvent(state, input.event as unknown as PaymentEvent);
    case 'timer':
      return call(state, kind, kind === 'charge' ? 'charging' : 'refunding');
    case 'accepted': {
      if (input.step === 'apply' || input.step === 'return') {
        return { state, stage: 'done', ended: 'completed' };
      }
      const { againMs } = input.result;
      // The outcome is an event of the payment, which follows.
      if (typeof againMs !== 'number') return { state, stage: 'outcome known' };
      return {
        state,
        stage: 'waiting',
        waitsFor: 'the payment provider',
        setTimers: [{ name: AGAIN, afterMs: againMs }],
      };
    }
    case 'refused':
      return { state, stage: `refused: ${input.code}`, ended: 'completed' };
    case 'cancel':
      // Money may have moved: only its outcome ends it. A refund puts it back.
      return undefined;
  }
}

const text = (data: StepRequest['data'], field: string) => String(data[field]);

const charge: StepHandler = async (request, services) => {
  const { data } = request;
  const work = workOf('payments', request, services);
  return { ...(await chargeStep(work, text(data, 'paymentId'), Number(data['tries']))) };
};

const refund: StepHandler = async (request, services) => {
  const { data } = request;
  const ids = { paymentId: text(data, 'paymentId'), refundId: text(data, 'refundId') };
  return {
    ...(await refundStep(workOf('payments', request, services), ids, Number(data['tries']))),
  };
};

const apply: StepHandler = async (request, services) => {
  await applyPayment(workOf('payments', request, services), text(request.data, 'paymentId'));
  return {};
};

const returned: StepHandler = async (request, services) => {
  const refunded = request.data as Parameters<typeof returnToOrder>[1];
  await returnToOrder(workOf('payments', request, services), refunded);
  return {};
};

const definition: DurableProcess<State> = {
  name: 'payments',
  categories: ['payment'],
  eventTypes: [
    'PaymentRequested',
    'PaymentReceived',
    'PaymentSucceeded',
    'PaymentFailed',
    'PaymentRefundRequested',
    'PaymentRefunded',
    'PaymentRefundFailed',
  ],
  correlate,
  initialState: { paymentId: '', refundId: '', tries: 0 },
  react,
  handlers: { charge, refund, apply, return: returned },
};

/**
 * Carries payments through their provider: charges, looks up what is not known until it is, gives
 * what was charged to the order, and refunds. Its timers are the reconciliation: a payment whose
 * notice never comes is looked up until the provider knows its outcome.
 */
export const paymentsProcess = durable(definition);
