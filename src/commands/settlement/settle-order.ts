import type { AccountEvent, AccountState } from '../../domain/accounts/index.ts';
import { accountDecider } from '../../domain/accounts/index.ts';
import { NotFoundError } from '../../domain/kernel/errors.ts';
import type { AccountChargeRequested, OrderRefunded } from '../../domain/orders/index.ts';
import { orderDecider, type OrderEvent, type OrderState } from '../../domain/orders/index.ts';
import type { CommandResult } from '../../engine/commands/command-engine.ts';
import { isFinalRefusal } from '../../engine/commands/final-refusal.ts';
import { dispatch, type Sequence, stepId } from '../../engine/commands/sequence.ts';

/** Longest id of a command that starts a settlement: later commands derive their ids from it. */
export const MAX_SETTLED_ID_LENGTH = 120;

type Charge = AccountChargeRequested['data'];

/** Distinct even when a client uses one key for two orders that charge the same account. */
function idInAccount({ commandId }: Sequence, orderId: string): string {
  return `${orderId}:${commandId}`;
}

/**
 * Requests a charge of the customer's account for an order, and records the account's decision in
 * the order. The account applies its limit at the moment of the sale (D3). Idempotent: a repeated
 * request, or the settlement process, gets the stored results.
 * @throws RefusedError, DomainError or NotFoundError of the account, after the order has recorded
 *   it; `isFinalRefusal` distinguishes these from errors that a retry can overcome.
 */
export async function chargeToAccount(
  settlement: Sequence,
  requested: Charge,
): Promise<CommandResult<OrderState, OrderEvent>> {
  const { orderId, chargeId } = requested;
  let debt: CommandResult<AccountState, AccountEvent>;
  try {
    debt = await openDebt(settlement, requested);
  } catch (error) {
    if (!isFinalRefusal(error)) throw error;
    const { code, message } = error;
    await dispatch(settlement, stepId(settlement, 'reject'), orderDecider, orderId, {
      type: 'RejectAccountCharge',
      data: { chargeId, code, message },
    });
    throw error;
  }
  return dispatch(settlement, stepId(settlement, 'confirm'), orderDecider, orderId, {
    type: 'ConfirmAccountCharge',
    data: { chargeId, debtId: debtIdOf(debt) },
  });
}

async function openDebt(
  settlement: Sequence,
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
 * Refuses again a charge that the order has recorded as rejected and of which the account has no
 * record: the account did not exist then. If it exists by now, it must not be charged (S12).
 */
function neverOpened(customerId: string): never {
  throw new NotFoundError('account_not_found', `there is no account ${customerId}`, {
    customerId,
  });
}

/**
 * Checks that the customer has an account, before an order records a charge to it. An unknown
 * resource is no decision of the shop: nothing is recorded, and the same request may succeed once
 * the account is open. Accounts are never removed, so what this finds stays true.
 * @throws NotFoundError account_not_found.
 */
export async function assertAccountOpen(
  { commands, context }: Sequence,
  customerId: string,
): Promise<void> {
  const { state } = await commands.load(accountDecider, context.storeId, customerId);
  if (state.status === 'none') neverOpened(customerId);
}

async function wasRejected(settlement: Sequence, charge: Charge): Promise<boolean> {
  return (await outcomeOf(settlement, charge)) === 'rejected';
}

/** Whether the order has recorded the account's decision: nothing is left to do for the charge. */
export async function isChargeDecided(settlement: Sequence, charge: Charge): Promise<boolean> {
  const outcome = await outcomeOf(settlement, charge);
  return outcome === 'confirmed' || outcome === 'rejected';
}

async function outcomeOf({ commands, context }: Sequence, { orderId, chargeId }: Charge) {
  const { state } = await commands.load(orderDecider, context.storeId, orderId);
  if (state.status === 'none') return undefined;
  return state.charges.find((each) => each.chargeId === chargeId)?.outcome;
}

function debtIdOf({ events }: CommandResult<AccountState, AccountEvent>): string {
  for (const event of events) if (event.type === 'DebtOpened') return event.data.debtId;
  throw new NotFoundError('debt_not_found', 'expected a debt opened by the account, found none');
}

/**
 * Credits the account with its part of an order's refund (D4), which lowers debts or becomes
 * credit. Does nothing for a refund without such a part.
 */
export async function returnToAccount(
  settlement: Sequence,
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
