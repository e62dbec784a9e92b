import {
  confirmNeeds,
  releaseNeeds,
  renewNeeds,
  reserveNeeds,
  restockNeeds,
  stockNeeds,
} from '../../commands/inventory/order-stock.ts';
import { checkAvailability, placeAt } from '../../commands/inventory/stock.ts';
import {
  assertAccountOpen,
  chargeToAccount,
  returnToAccount,
} from '../../commands/settlement/settle-order.ts';
import {
  netPaidMinor,
  orderDecider,
  type OrderStatus,
  type RequestAccountCharge,
} from '../../domain/orders/index.ts';
import { paymentDecider, type RequestPayment } from '../../domain/payments/index.ts';
import { dispatch, type Sequence } from '../../engine/commands/sequence.ts';
import type {
  StepHandler,
  StepRequest,
  StepResult,
} from '../../engine/processes/durable/durable-process.ts';
import { sequenceOf } from '../../engine/processes/durable/step-sequence.ts';
import { type Failure, type Need, type OrderedLine, RESERVED_SECONDS } from './state.ts';

/** A step with its data as this process planned it. */
type Step<Data> = Omit<StepRequest, 'data'> & { readonly data: Data };

function handler<Data>(
  work: (step: Step<Data>, sequence: Sequence) => Promise<StepResult>,
): StepHandler {
  return async (request, services) => {
    const step = request as unknown as Step<Data>;
    return work(step, sequenceOf('fulfilment', request, services));
  };
}

/** What the order needs of products with stock, and of which there is too little now. */
async function verify(
  { storeId, data }: Step<{ readonly lines: readonly OrderedLine[] }>,
  sequence: Sequence,
) {
  const needs = await stockNeeds(sequence, storeId, data.lines);
  const missing: string[] = [];
  for (const { productId, quantity } of needs) {
    const { now } = sequence.context;
    const place = placeAt(productId);
    const found = await checkAvailability(sequence, storeId, place, quantity, now);
    if (!found.sufficient) missing.push(productId);
  }
  return { needs, missing };
}

interface Needs {
  readonly needs: readonly Need[];
}

const reservationOf = ({ instance, data }: Step<Needs>) => ({
  reservationId: instance,
  needs: data.needs,
});

async function reserve(step: Step<Needs>, sequence: Sequence): Promise<StepResult> {
  return { ...(await reserveNeeds(sequence, reservationOf(step), RESERVED_SECONDS)) };
}

async function renew(step: Step<Needs>, sequence: Sequence): Promise<StepResult> {
  await renewNeeds(sequence, reservationOf(step), RESERVED_SECONDS);
  return {};
}

async function confirm(step: Step<Needs>, sequence: Sequence): Promise<StepResult> {
  return { lost: await confirmNeeds(sequence, reservationOf(step), RESERVED_SECONDS) };
}

async function release(step: Step<Needs>, sequence: Sequence): Promise<StepResult> {
  await releaseNeeds(sequence, reservationOf(step));
  return {};
}

async function restock({ instance, data }: Step<Needs>, sequence: Sequence): Promise<StepResult> {
  await restockNeeds(sequence, data.needs, `order ${instance} was not fulfilled`);
  return {};
}

/** Asks for the payment, once the order awaits it: a closed order refuses that. */
async function charge(
  { instance, stepId, data }: Step<RequestPayment['data'] & { readonly paymentId: string }>,
  sequence: Sequence,
): Promise<StepResult> {
  const { paymentId, ...request } = data;
  const pending = { type: 'ReportStatus', data: { status: 'PAYMENT_PENDING' } } as const;
  await dispatch(sequence, `${stepId} pending`, orderDecider, instance, pending);
  const command = { type: 'RequestPayment', data: request } as const;
  await dispatch(sequence, stepId, paymentDecider, paymentId, command);
  return {};
}

/**
 * Charges the order to the account of its customer, whose limit and overdue debts decide at this
 * moment (D3). The refusal of the account is recorded in the order, and ends the step.
 */
async function account(
  { instance, stepId, data }: Step<Omit<RequestAccountCharge['data'], 'drawerId'>>,
  sequence: Sequence,
): Promise<StepResult> {
  const pending = { type: 'ReportStatus', data: { status: 'PAYMENT_PENDING' } } as const;
  await dispatch(sequence, `${stepId} pending`, orderDecider, instance, pending);
  await assertAccountOpen(sequence, data.customerId);
  const command = { type: 'RequestAccountCharge', data } as const;
  const { events } = await dispatch(sequence, stepId, orderDecider, instance, command);
  for (const event of events) {
    if (event.type === 'AccountChargeRequested') await chargeToAccount(sequence, event.data);
  }
  return {};
}

/** What is left of the charge goes back to the account. A person may have refunded it before. */
async function uncharge(
  { instance, stepId, storeId, data }: Step<{ readonly reason: string; readonly currency: string }>,
  sequence: Sequence,
): Promise<StepResult> {
  const { state: order } = await sequence.commands.load(orderDecider, storeId, instance);
  const wasAsked = order.status === 'none' || netPaidMinor(order) > 0;
  if (!wasAsked) return {};
  const command = { type: 'RefundOrder', data } as const;
  const { events } = await dispatch(sequence, stepId, orderDecider, instance, command);
  for (const event of events) {
    if (event.type === 'OrderRefunded') await returnToAccount(sequence, event.data);
  }
  return {};
}

async function refund(
  {
    stepId,
    data: { paymentId, reason, currency },
  }: Step<{ readonly paymentId: string; readonly reason: string; readonly currency: string }>,
  sequence: Sequence,
): Promise<StepResult> {
  const command = { type: 'RequestRefund', data: { reason, currency } } as const;
  await dispatch(sequence, stepId, paymentDecider, paymentId, command);
  return {};
}

async function status(
  { instance, stepId, data }: Step<{ readonly status: OrderStatus }>,
  sequence: Sequence,
): Promise<StepResult> {
  const command = { type: 'ReportStatus', data: { status: data.status } } as const;
  await dispatch(sequence, stepId, orderDecider, instance, command);
  return {};
}

/** Cancels the order, or says that its payment failed: then it can still be paid otherwise. */
async function close(
  { instance, stepId, data }: Step<{ readonly failure: Failure; readonly reason: string }>,
  sequence: Sequence,
): Promise<StepResult> {
  const { failure, reason } = data;
  const command =
    failure === 'CANCELLED'
      ? ({ type: 'CancelOrder', data: { reason } } as const)
      : ({ type: 'ReportStatus', data: { status: failure, reason } } as const);
  await dispatch(sequence, stepId, orderDecider, instance, command);
  return {};
}

/** The steps of a fulfilment, by kind. */
export const fulfilmentHandlers: Readonly<Record<string, StepHandler>> = {
  verify: handler(verify),
  reserve: handler(reserve),
  renew: handler(renew),
  confirm: handler(confirm),
  release: handler(release),
  restock: handler(restock),
  charge: handler(charge),
  refund: handler(refund),
  account: handler(account),
  uncharge: handler(uncharge),
  status: handler(status),
  close: handler(close),
};
