import type { CommandContext, Decider } from '../kernel/decider.ts';
import { DomainError, NotFoundError } from '../kernel/errors.ts';
import { unreachable } from '../kernel/invariant.ts';
import { breachOf } from './breaches.ts';
import { type AccountCommand, accountCommands } from './commands.ts';
import { changeContact } from './contact.ts';
import { changeTerms, openAccount } from './credit-terms.ts';
import { openDebt, writeOffDebt } from './debts.ts';
import { erasePersonalData } from './erasure.ts';
import type { AccountEvent } from './events.ts';
import { evolveAccount } from './evolve.ts';
import { allocateCredit, payOutCash, recordAccountPayment } from './payments.ts';
import { creditReturn } from './returns.ts';
import { type AccountState, initialAccountState, type OpenAccountState } from './state.ts';

/**
 * Decides a command to a customer's account.
 * @throws NotFoundError account_not_found when the account is not open, debt_not_found.
 * @throws DomainError account_exists, and the errors of each command's function.
 */
export function decideAccount(
  command: AccountCommand,
  state: AccountState,
  context: CommandContext,
): readonly AccountEvent[] {
  if (command.type === 'OpenAccount') {
    if (state.status === 'none') return openAccount(command.data, context);
    throw new DomainError('account_exists', `account ${context.entityId} exists already`, {
      customerId: context.entityId,
    });
  }
  if (state.status === 'none') {
    throw new NotFoundError('account_not_found', `there is no account ${context.entityId}`, {
      customerId: context.entityId,
    });
  }
  const events = decideOpen(command, state, context);
  return [...events, ...breachOf(state, events)];
}

function decideOpen(
  command: Exclude<AccountCommand, { type: 'OpenAccount' }>,
  state: OpenAccountState,
  context: CommandContext,
): readonly AccountEvent[] {
  switch (command.type) {
    case 'ChangeTerms':
      return changeTerms(command.data, state, context);
    case 'ChangeContact':
      return changeContact(command.data, state, context);
    case 'ErasePersonalData':
      return erasePersonalData(command.data, state, context);
    case 'OpenDebt':
      return openDebt(command.data, state, context);
    case 'RecordAccountPayment':
      return recordAccountPayment(command.data, state, context);
    case 'CreditReturn':
      return creditReturn(command.data, state, context);
    case 'PayOutCash':
      return payOutCash(command.data, state, context);
    case 'WriteOffDebt':
      return writeOffDebt(command.data, state, context);
    case 'AllocateCredit':
      return allocateCredit(command.data, state, context);
    default:
      return unreachable(command);
  }
}

/** One aggregate per customer: what must be checked together is decided together (D2). */
export const accountDecider: Decider<AccountState, AccountCommand, AccountEvent> = {
  category: 'account',
  maxEvents: 50_000,
  version: 3,
  initialState: initialAccountState,
  commands: accountCommands,
  personal: { commandFields: ['name', 'phone', 'email'] },
  decide: decideAccount,
  evolve: evolveAccount,
};
