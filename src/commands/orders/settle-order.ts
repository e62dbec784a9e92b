import type { AccountState } from '../../domain/accounts/index.ts';
import type { Command, CommandContext } from '../../domain/kernel/decider.ts';
import { DomainError } from '../../domain/kernel/errors.ts';
import type { DomainEvent } from '../../domain/kernel/event.ts';
import type { AccountChargeRequested, OrderRefunded } from '../../domain/orders/events.ts';
import type { Clock } from '../../ports/clock.ts';
import { accountDecider } from '../accounts/accounts.ts';
import {
  RefusedError,
  type AnyDeciderOf,
  type CommandEngine,
  type CommandRequest,
  type CommandResult,
} from '../engine/command-engine.ts';
import { followUp } from '../engine/follow-up.ts';
import { orderDecider, type OrderEvent, type OrderState } from './orders.ts';

/** Who settles, and on whose behalf: the request itself, or the process that completes it. */
export interface Settlement {
  readonly commands: CommandEngine;
  readonly clock: Clock;
  /** Id of the command that was given first; the ids of all that follow are made from it. */
  readonly commandId: string;
  readonly context: Pick<CommandContext, 'storeId' | 'now' | 'businessDay'>;
  readonly envelope: Pick<CommandRequest, 'actor' | 'correlationId' | 'causationId'>;
}

function step<State, Cmd extends Command, Event extends DomainEvent>(
  settlement: Settlement,
  name: string,
  decider: AnyDeciderOf<State, Cmd, Event>,
  entityId: string,
  command: Cmd,
): Promise<CommandResult<State, Event>> {
  const { commandId, context, envelope } = settlement;
  return followUp(settlement, decider, {
    command,
    context: { ...context, entityId, commandId: `${commandId}:${name}` },
    ...envelope,
  });
}

/**
 * Carries a charge that an order has asked for to the customer's account, and the answer back to
 * the order. The account decides: its limit holds at the moment of the sale (D3). Run again, by a
 * repeated request or by the settlement process, it changes nothing.
 * @throws RefusedError or NotFoundError of the account, after the order has recorded it.
 */
export async function chargeToAccount(
  settlement: Settlement,
  requested: AccountChargeRequested['data'],
): Promise<CommandResult<OrderState, OrderEvent>> {
  const { orderId, chargeId, customerId, amountMinor, currency, dueDate, note } = requested;
  let debt: CommandResult<AccountState>;
  try {
    debt = await step(settlement, 'debt', accountDecider, customerId, {
      type: 'OpenDebt',
      data: {
        kind: 'sale',
        orderId,
        amountMinor,
        currency,
        ...(dueDate !== undefined && { dueDate }),
        ...(note !== undefined && { note }),
      },
    });
  } catch (error) {
    const answered = error instanceof RefusedError || isUnknownAccount(error);
    if (!answered) throw error;
    const { code, message } = error;
    await step(settlement, 'reject', orderDecider, orderId, {
      type: 'RejectAccountCharge',
      data: { chargeId, code, message },
    });
    throw error;
  }
  const debtId = debtIdOf(debt);
  return step(settlement, 'confirm', orderDecider, orderId, {
    type: 'ConfirmAccountCharge',
    data: { chargeId, debtId },
  });
}

function isUnknownAccount(error: unknown): error is DomainError {
  return error instanceof DomainError && error.code === 'account_not_found';
}

function debtIdOf({ events }: CommandResult<AccountState>): string {
  const opened = events.find(({ type }) => type === 'DebtOpened');
  return (opened?.data as { debtId: string }).debtId;
}

/** Brings what an order's refund sends to the account there (D4). Without such a part: nothing. */
export async function returnToAccount(
  settlement: Settlement,
  refunded: OrderRefunded['data'],
): Promise<void> {
  const { orderId, refundId, customerId, toAccountMinor, currency } = refunded;
  if (toAccountMinor === 0 || customerId === undefined) return;
  await step(settlement, 'return', accountDecider, customerId, {
    type: 'CreditReturn',
    data: { refundId, orderId, amountMinor: toAccountMinor, currency },
  });
}
