import type { AccountEvent, AccountState } from '../../domain/accounts/index.ts';
import type { Command, CommandContext } from '../../domain/kernel/decider.ts';
import { NotFoundError, TillstreamError, type ErrorKind } from '../../domain/kernel/errors.ts';
import type { DomainEvent } from '../../domain/kernel/event.ts';
import type { AccountChargeRequested, OrderRefunded } from '../../domain/orders/index.ts';
import type { Clock } from '../../ports/clock.ts';
import { accountDecider } from '../../domain/accounts/index.ts';
import {
  RefusedError,
  type AnyDeciderOf,
  type CommandEngine,
  type CommandRequest,
  type CommandResult,
} from '../../engine/commands/command-engine.ts';
import { followUp } from '../../engine/commands/follow-up.ts';
import { orderDecider, type OrderEvent, type OrderState } from '../../domain/orders/index.ts';

/** Longest command id that a settlement can begin with: what follows has ids made from it. */
export const MAX_SETTLED_ID_LENGTH = 120;

type Charge = AccountChargeRequested['data'];

/** Who settles, and on whose behalf: the request itself, or the process that completes it. */
export interface Settlement {
  readonly commands: CommandEngine;
  readonly clock: Clock;
  /** Id of the command that was given first; the ids of all that follow are made from it. */
  readonly commandId: string;
  readonly context: Pick<CommandContext, 'storeId' | 'now' | 'businessDay'>;
  readonly envelope: Pick<CommandRequest, 'actor' | 'correlationId' | 'causationId'>;
}

function dispatch<State, Cmd extends Command, Event extends DomainEvent>(
  settlement: Settlement,
  commandId: string,
  decider: AnyDeciderOf<State, Cmd, Event>,
  entityId: string,
  command: Cmd,
): Promise<CommandResult<State, Event>> {
  const { context, envelope } = settlement;
  return followUp(settlement, decider, {
    command,
    context: { ...context, entityId, commandId },
    ...envelope,
  });
}

/** An id that no client can have used for the order: their keys hold no space. */
function stepOf({ commandId }: Settlement, name: string): string {
  return `${commandId} ${name}`;
}

/** A client may use one key for two orders, and both may be for one account. */
function idInAccount({ commandId }: Settlement, orderId: string): string {
  return `${orderId}:${commandId}`;
}

/**
 * Carries a charge that an order has asked for to the customer's account, and the answer back to
 * the order. The account decides: its limit holds at the moment of the sale (D3). Run again, by a
 * repeated request or by the settlement process, it changes nothing.
 * @throws RefusedError, DomainError or NotFoundError of the account, after the order has recorded
 *   it; `isAnswered` tells these from trouble that a repeat may overcome.
 */
export async function chargeToAccount(
  settlement: Settlement,
  requested: Charge,
): Promise<CommandResult<OrderState, OrderEvent>> {
  const { orderId, chargeId } = requested;
  let debt: CommandResult<AccountState, AccountEvent>;
  try {
    debt = await openDebt(settlement, requested);
  } catch (error) {
    if (!isFinalRefusal(error)) throw error;
    const { code, message } = error;
    await dispatch(settlement, stepOf(settlement, 'reject'), orderDecider, orderId, {
      type: 'RejectAccountCharge',
      data: { chargeId, code, message },
    });
    throw error;
  }
  return dispatch(settlement, stepOf(settlement, 'confirm'), orderDecider, orderId, {
    type: 'ConfirmAccountCharge',
    data: { chargeId, debtId: debtIdOf(debt) },
  });
}

/** Other code may decide it yet. */
const UNDECIDED: readonly ErrorKind[] = ['internal', 'unreadable'];

/** Whether the rules have said no for good, so that asking again would change nothing. */
export function isFinalRefusal(error: unknown): error is TillstreamError {
  if (!(error instanceof TillstreamError) || error.retryable) return false;
  return error instanceof RefusedError || !UNDECIDED.includes(error.kind);
}

async function openDebt(
  settlement: Settlement,
  requested: Charge,
): Promise<CommandResult<AccountState, AccountEvent>> {
  const { orderId, customerId, amountMinor, currency, dueDate, note } = requested;
  const rejected = await wasRejected(settlement, requested);
  const decider = rejected ? { ...accountDecider, decide: () => neverOpened(customerId) } : null;
  return dispatch(
    settlement,
    idInAccount(settlement, orderId),
    decider ?? accountDecider,
    customerId,
    {
      type: 'OpenDebt',
      data: {
        kind: 'sale',
        orderId,
        amountMinor,
        currency,
        ...(dueDate !== undefined && { dueDate }),
        ...(note !== undefined && { note }),
      },
    },
  );
}

/**
 * Answers for a charge that the order has seen rejected, when the account has no record of it:
 * there was no account then. Should there be one by now, it must not be charged (S12).
 */
function neverOpened(customerId: string): never {
  throw new NotFoundError('account_not_found', `there is no account ${customerId}`, {
    customerId,
  });
}

/** Reads the order through a command that decides nothing, so that nothing is recorded. */
async function wasRejected(settlement: Settlement, { orderId, chargeId }: Charge) {
  const asking = { ...orderDecider, decide: () => [] };
  const { state } = await dispatch(settlement, stepOf(settlement, 'look'), asking, orderId, {
    type: 'ConfirmAccountCharge',
    data: { chargeId, debtId: chargeId },
  });
  if (state.status === 'none') return false;
  const charge = state.charges.find((each) => each.chargeId === chargeId);
  return charge?.outcome === 'rejected';
}

function debtIdOf({ events }: CommandResult<AccountState, AccountEvent>): string {
  for (const event of events) if (event.type === 'DebtOpened') return event.data.debtId;
  throw new NotFoundError('debt_not_found', 'the account has opened no debt');
}

/**
 * Brings what an order's refund sends to the account there (D4), where it lowers debts or becomes
 * credit. Without such a part there is nothing to do.
 */
export async function returnToAccount(
  settlement: Settlement,
  refunded: OrderRefunded['data'],
): Promise<CommandResult<AccountState, AccountEvent> | undefined> {
  const { orderId, customerId, toAccountMinor, currency } = refunded;
  if (toAccountMinor === 0 || customerId === undefined) return undefined;
  const refundId = idInAccount(settlement, orderId);
  return dispatch(settlement, `${refundId} return`, accountDecider, customerId, {
    type: 'CreditReturn',
    data: { refundId, orderId, amountMinor: toAccountMinor, currency },
  });
}
