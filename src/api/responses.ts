import type { CommandResult } from '../engine/commands/command-engine.ts';
import {
  dueMinor,
  paidMinor,
  pendingMinor,
  refundedMinor,
  type OrderEvent,
  type OrderState,
} from '../commands/orders/orders.ts';
import { InvariantError, NotFoundError } from '../domain/kernel/errors.ts';
import { formatPosition, type Position } from '../domain/kernel/position.ts';

/** What every answer to a write says beside the entity. */
export function writtenAt({ revision, position }: { revision: number; position: Position }) {
  return { revision, position: formatPosition(position) };
}

/** Status, revision and position of an answer to a write, for its headers. */
export function writeResult(status: number, result: { revision: number; position: Position }) {
  return { status, revision: result.revision, position: result.position };
}

/** An order as it was right after a command: nothing here comes from a read model (K3). */
export function orderResponse(result: CommandResult<OrderState, OrderEvent>) {
  const { state } = result;
  if (state.status === 'none') throw new InvariantError('an order after its command');
  const { orderId, status, currency, customerId, placedOn, totals } = state;
  return {
    orderId,
    status,
    currency,
    ...(customerId !== undefined && { customerId }),
    businessDay: placedOn,
    lines: [...state.lines],
    discounts: [...state.discounts],
    taxes: [...state.taxes],
    serviceCharges: [...state.serviceCharges],
    totals,
    paidMinor: paidMinor(state),
    dueMinor: dueMinor(state),
    pendingMinor: pendingMinor(state),
    refundedMinor: refundedMinor(state),
    ...writtenAt(result),
  };
}

/** What a query by id found. @throws NotFoundError with that code. */
export function orNotFound<T>(
  document: T | undefined,
  code: 'order_not_found' | 'account_not_found' | 'not_found',
  what: string,
): T {
  if (document !== undefined) return document;
  throw new NotFoundError(code, `there is no ${what}`);
}

/** A page as an answer has it. */
export function pageResponse<Doc>(page: { items: readonly Doc[]; nextCursor?: string }) {
  const { items, nextCursor } = page;
  return { items: [...items], ...(nextCursor !== undefined && { nextCursor }) };
}
