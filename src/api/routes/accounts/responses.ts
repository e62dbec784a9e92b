import {
  accountCommands,
  accountDecider,
  type AccountEvent,
  type AccountState,
  balanceMinor,
  owedMinor,
} from '../../../domain/accounts/index.ts';
import { InvariantError } from '../../../domain/kernel/errors.ts';
import type { CommandResult } from '../../../engine/commands/command-engine.ts';
import { commandRoutes } from '../../command.ts';
import { writtenAt } from '../../responses.ts';
import { AccountResponse } from './schemas.ts';

export const tag = 'Customers';

export type AccountResult = CommandResult<AccountState, AccountEvent>;

/** The account right after a command. Nothing here comes from a read model (K3). */
export function accountResponse(result: AccountResult) {
  const { state } = result;
  if (state.status === 'none') throw new InvariantError('an account after its command');
  const { customerId, currency, creditLimitMinor, blockWhenOverdue } = state;
  const { creditMinor, cashRefundableMinor } = state;
  return {
    customerId,
    currency,
    creditLimitMinor,
    blockWhenOverdue,
    balanceMinor: balanceMinor(state),
    owedMinor: owedMinor(state),
    creditMinor,
    cashRefundableMinor,
    ...writtenAt(result),
  };
}

/** The contact of the account as it was right after a command. */
export function contactOf({ state }: AccountResult) {
  if (state.status === 'none') throw new InvariantError('an account after its command');
  return state.personal;
}

/** Operations that run a command of one customer's account. */
export const accountCommand = commandRoutes({
  tag,
  decider: accountDecider,
  commands: accountCommands,
  id: 'customerId',
  response: AccountResponse,
  respond: accountResponse,
});
