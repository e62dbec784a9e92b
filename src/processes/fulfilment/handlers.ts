import {
  confirmNeeds,
  releaseNeeds,
  renewNeeds,
  reserveNeeds,
  restockNeeds,
  stockNeeds,
} from '../../commands/inventory/order-stock.ts';
import { checkAvailability, placeAt } from '../../commands/inventory/stock.ts';
import { orderDecider, type OrderStatus } from '../../domain/orders/index.ts';
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
  status: handler(status),
  close: handler(close),
};
