import {
  balanceMinor,
  owedMinor,
  type AccountEvent,
  type AccountState,
} from '../../../commands/accounts/accounts.ts';
import type { CommandResult } from '../../../engine/commands/command-engine.ts';
import { InvariantError } from '../../../domain/kernel/errors.ts';
import { writtenAt } from '../../responses.ts';

export type AccountResult = CommandResult<AccountState, AccountEvent>;

/** An account as it was right after a command: nothing here comes from a read model (K3). */
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

type DataOf<Type extends AccountEvent['type']> = Extract<AccountEvent, { type: Type }>['data'];

/** What a command has recorded, if it has. */
export function accountEvent<Type extends AccountEvent['type']>(
  { events }: AccountResult,
  type: Type,
): DataOf<Type> | undefined {
  const event = events.find((each) => each.type === type);
  return event?.data as DataOf<Type> | undefined;
}

/** What a command must have recorded. */
export function theAccountEvent<Type extends AccountEvent['type']>(
  result: AccountResult,
  type: Type,
): DataOf<Type> {
  const data = accountEvent(result, type);
  if (!data) throw new InvariantError(`${type} among the events of its command`);
  return data;
}
