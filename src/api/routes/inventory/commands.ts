import { commandStock, placeAt, type StockResult } from '../../../commands/inventory/stock.ts';
import { assertOtherPlace, transferIn } from '../../../commands/inventory/transfer.ts';
import { availableOf, placeOf, type StockCommand } from '../../../domain/inventory/index.ts';
import { partsOf } from '../../../domain/kernel/names.ts';
import type { Permission } from '../../../domain/kernel/permissions.ts';
import { authorize } from '../../pipeline/authenticate.ts';
import { eventOf, writeResult, writtenAt } from '../../responses.ts';
import { type ApiRequest, type Route, route } from '../../route.ts';
import { sequenceOf } from '../../sequence-of.ts';
import type { Services } from '../../services.ts';
import {
  AdjustBody,
  EndReservationBody,
  ReplenishBody,
  ReservationParams,
  ReservationResponse,
  ReserveBody,
  StockParams,
  StockResponse,
  ThresholdBody,
  TransferBody,
} from './schemas.ts';

export const tag = 'Inventory';
const manage = 'inventory:manage' satisfies Permission;
const reserve = 'inventory:reserve' satisfies Permission;
const common = { tag, write: true, revisioned: true, response: StockResponse } as const;
const errors = ['product_not_found', 'stock_not_kept'] as const;

type StockRequest<B> = ApiRequest<{ readonly productId: string }, unknown, B>;
interface AtLocation {
  readonly locationId?: string;
}

/** The stock right after a command. Nothing here comes from a read model (K3). */
function stockResponse(result: StockResult) {
  const { state, stream } = result;
  const id = partsOf(stream).parts[0] ?? '';
  const { onHand, reserved, threshold } = state;
  const { productId, locationId } = placeOf(id);
  return {
    stockId: id,
    productId,
    locationId,
    onHand,
    reserved,
    available: availableOf(state),
    ...(threshold !== null && { threshold }),
    ...writtenAt(result),
  };
}

/** @throws DomainError forbidden for a caller who has the permission only in other branches. */
function placeOfRequest(
  { caller, params, body }: StockRequest<AtLocation>,
  permission: Permission,
) {
  const { branchId } = caller;
  const place = placeAt(params.productId, body.locationId ?? branchId);
  authorize(permission, { ...caller, branchId: place.locationId });
  return place;
}

function run<B extends AtLocation>(
  request: StockRequest<B>,
  services: Services,
  permission: Permission,
  command: StockCommand,
): Promise<StockResult> {
  const place = placeOfRequest(request, permission);
  return commandStock(sequenceOf(request, services), place, command, (decider, id, asked) =>
    request.execute(decider, id, asked),
  );
}

const replenish = route({
  ...common,
  method: 'post',
  path: '/inventory/:productId/replenishments',
  operationId: 'replenishStock',
  summary: 'Add goods that came in',
  permission: manage,
  params: StockParams,
  body: ReplenishBody,
  status: 201,
  example: { quantity: 40, reference: 'Delivery note 118' },
  errors: [...errors, 'amount_out_of_range'],
  async handle(request, services) {
    const { locationId: _, ...data } = request.body;
    const result = await run(request, services, manage, { type: 'Replenish', data });
    return { ...writeResult(201, result), body: stockResponse(result) };
  },
});

const adjust = route({
  ...common,
  method: 'post',
  path: '/inventory/:productId/adjustments',
  operationId: 'adjustStock',
  summary: 'Correct the stock after a count or a loss',
  description: 'Of a stock that may not be negative, at most what is available can be taken away.',
  permission: manage,
  params: StockParams,
  body: AdjustBody,
  status: 201,
  example: { change: -2, reason: 'Broken' },
  errors: [...errors, 'insufficient_stock', 'amount_out_of_range'],
  async handle(request, services) {
    const { locationId: _, ...data } = request.body;
    const result = await run(request, services, manage, { type: 'Adjust', data });
    return { ...writeResult(201, result), body: stockResponse(result) };
  },
});

const reserveStock = route({
  ...common,
  method: 'post',
  path: '/inventory/:productId/reservations',
  operationId: 'reserveStock',
  summary: 'Reserve units for a limited time',
  permission: reserve,
  params: StockParams,
  body: ReserveBody,
  status: 201,
  response: ReservationResponse,
  example: { reservationId: 'order-of-the-example', quantity: 2, expiresInSeconds: 600 },
  errors: [...errors, 'insufficient_stock', 'reservation_exists', 'too_many_reservations'],
  async handle(request, services) {
    const { locationId: _, reservationId = request.commandId, ...data } = request.body;
    const command = { type: 'Reserve', data: { ...data, reservationId } } as const;
    const result = await run(request, services, reserve, command);
    const { quantity, expiresAt } = eventOf(result, 'StockReserved').data;
    const reservation = { reservationId, quantity, expiresAt };
    return { ...writeResult(201, result), body: { ...stockResponse(result), reservation } };
  },
});

const endErrors = [...errors, 'reservation_not_found', 'reservation_ended'] as const;

const confirmReservation = route({
  ...common,
  method: 'post',
  path: '/inventory/:productId/reservations/:reservationId/confirm',
  operationId: 'confirmReservation',
  summary: 'Take reserved units out of the stock',
  description: 'A reservation whose time is over cannot be confirmed: reserve again.',
  permission: reserve,
  params: ReservationParams,
  body: EndReservationBody,
  status: 200,
  example: {},
  errors: endErrors,
  async handle(request, services) {
    const { reservationId } = request.params;
    const command = { type: 'Confirm', data: { reservationId } } as const;
    const result = await run(request, services, reserve, command);
    return { ...writeResult(200, result), body: stockResponse(result) };
  },
});

const releaseReservation = route({
  ...common,
  method: 'post',
  path: '/inventory/:productId/reservations/:reservationId/release',
  operationId: 'releaseReservation',
  summary: 'Release a reservation',
  description: 'The units are available again. A reservation that was released stays released.',
  permission: reserve,
  params: ReservationParams,
  body: EndReservationBody,
  status: 200,
  example: {},
  errors: endErrors,
  async handle(request, services) {
    const { reservationId } = request.params;
    const command = { type: 'Release', data: { reservationId, reason: 'cancelled' } } as const;
    const result = await run(request, services, reserve, command);
    return { ...writeResult(200, result), body: stockResponse(result) };
  },
});

const transfer = route({
  ...common,
  method: 'post',
  path: '/inventory/:productId/transfers',
  operationId: 'transferStock',
  summary: 'Move units to another place',
  description:
    'The response is the stock that they left. They arrive in the other place exactly once, also when the server stops in between.',
  permission: manage,
  params: StockParams,
  body: TransferBody,
  status: 201,
  example: { fromLocationId: 'main', toLocationId: 'airport', quantity: 5 },
  errors: [...errors, 'insufficient_stock', 'transfer_to_itself'],
  async handle(request, services) {
    const { productId } = request.params;
    const { fromLocationId: locationId, toLocationId, quantity } = request.body;
    assertOtherPlace(locationId, toLocationId);
    authorize(manage, { ...request.caller, branchId: toLocationId });
    const transferId = transferIdOf(request, services);
    const leaving = { ...request, body: { locationId } };
    const data = { transferId, toLocationId, quantity };
    const result = await run(leaving, services, manage, { type: 'TransferOut', data });
    const place = { productId, locationId };
    const arrived = await transferIn(sequenceOf(request, services), place, data);
    const written = { revision: result.revision, position: arrived.position };
    const body = { ...stockResponse(result), ...writtenAt(written) };
    return { ...writeResult(201, written), body };
  },
});

/** The same for every repeat of the request, and for no other. */
function transferIdOf(
  { commandId, params, caller }: StockRequest<unknown>,
  { digest }: Services,
): string {
  return digest.sha256(`${caller.shop.id}\n${params.productId}\n${commandId}`).slice(0, 32);
}

const setThreshold = route({
  ...common,
  method: 'put',
  path: '/inventory/:productId/threshold',
  operationId: 'setStockThreshold',
  summary: 'Set the number of available units at which the stock is low',
  permission: manage,
  params: StockParams,
  body: ThresholdBody,
  status: 200,
  example: { threshold: 10 },
  errors,
  async handle(request, services) {
    const { locationId: _, ...data } = request.body;
    const result = await run(request, services, manage, { type: 'SetThreshold', data });
    return { ...writeResult(200, result), body: stockResponse(result) };
  },
});

export const stockCommandRoutes: readonly Route[] = [
  replenish,
  adjust,
  reserveStock,
  confirmReservation,
  releaseReservation,
  transfer,
  setThreshold,
];
