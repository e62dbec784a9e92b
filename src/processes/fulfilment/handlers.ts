import { stockNeeds } from '../../commands/inventory/order-stock.ts';
import { checkAvailability, placeAt, stepStock } from '../../commands/inventory/stock.ts';
import { formatInstant } from '../../domain/kernel/instant.ts';
import { orderDecider, type OrderStatus } from '../../domain/orders/index.ts';
import { paymentDecider, type RequestPayment } from '../../domain/payments/index.ts';
import { dispatch, type Sequence } from '../../engine/commands/sequence.ts';
import type {
  StepHandler,
  StepRequest,
  StepResult,
} from '../../engine/processes/durable/durable-process.ts';
import type { ProcessServices } from '../../engine/processes/process-manager.ts';
import { type Failure, type Need, type OrderedLine, RESERVED_SECONDS } from './state.ts';

/** A step with its data as this process planned it. */
type Step<Data> = Omit<StepRequest, 'data'> & { readonly data: Data };

/** The ids of all commands of a step derive from its own, which every attempt has. */
function sequenceOf(
  { storeId, stepId, correlationId, causationId }: Omit<StepRequest, 'data'>,
  { commands, clock, calendar }: ProcessServices,
): Sequence {
  const nowMs = clock.now();
  return {
    commands,
    clock,
    commandId: stepId,
    context: {
      storeId,
      now: formatInstant(nowMs),
      businessDay: calendar.businessDay(storeId, nowMs),
    },
    envelope: {
      actor: { kind: 'process', id: 'fulfilment' },
      correlationId,
      causationId,
    },
  };
}

function handler<Data>(
  work: (step: Step<Data>, sequence: Sequence) => Promise<StepResult>,
): StepHandler {
  return async (request, services) => {
    const step = request as unknown as Step<Data>;
    return work(step, sequenceOf(request, services));
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

async function reserve(
  { instance, stepId, data }: Step<Need>,
  sequence: Sequence,
  reservationId: string = instance,
): Promise<StepResult> {
  const { productId, quantity } = data;
  await stepStock(sequence, stepId, placeAt(productId), {
    type: 'Reserve',
    data: { reservationId, quantity, expiresInSeconds: RESERVED_SECONDS },
  });
  return {};
}

async function confirm(
  { instance, stepId, data }: Step<Need>,
  sequence: Sequence,
  reservationId: string = instance,
): Promise<StepResult> {
  const command = { type: 'Confirm', data: { reservationId } } as const;
  await stepStock(sequence, `${stepId} confirm`, placeAt(data.productId), command);
  return {};
}

async function renew(
  { instance, stepId, data }: Step<Need>,
  sequence: Sequence,
): Promise<StepResult> {
  await stepStock(sequence, stepId, placeAt(data.productId), {
    type: 'Renew',
    data: { reservationId: instance, expiresInSeconds: RESERVED_SECONDS },
  });
  return {};
}

/** Takes stock again whose reservation had ended. */
async function reclaim(step: Step<Need>, sequence: Sequence): Promise<StepResult> {
  const reservationId = `${step.instance}:again`;
  await reserve(step, sequence, reservationId);
  await confirm(step, sequence, reservationId);
  return {};
}

async function release(
  { instance, stepId, data }: Step<Need>,
  sequence: Sequence,
): Promise<StepResult> {
  await stepStock(sequence, stepId, placeAt(data.productId), {
    type: 'Release',
    data: { reservationId: instance, reason: 'cancelled' },
  });
  return {};
}

async function restock(
  { instance, stepId, data }: Step<Need>,
  sequence: Sequence,
): Promise<StepResult> {
  const { productId, quantity } = data;
  await stepStock(sequence, stepId, placeAt(productId), {
    type: 'Replenish',
    data: { quantity, reference: `order ${instance} was not fulfilled` },
  });
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
  reserve: handler((step: Step<Need>, sequence) => reserve(step, sequence)),
  renew: handler(renew),
  confirm: handler((step: Step<Need>, sequence) => confirm(step, sequence)),
  reclaim: handler(reclaim),
  release: handler(release),
  restock: handler(restock),
  charge: handler(charge),
  refund: handler(refund),
  status: handler(status),
  close: handler(close),
};
