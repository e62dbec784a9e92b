import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { CommandContext } from '../kernel/decider.ts';
import { assertName } from './checks.ts';
import type { ChangeContact } from './commands.ts';
import { assertNotErased } from './erasure.ts';
import type { AccountContactChanged } from './events.ts';
import { balanceMinor, type OpenAccountState } from './state.ts';

/**
 * Another name, phone number or email from now on; an empty text removes one.
 * Recorded even when all is as it was: what was confirmed under a key stays confirmed, and a repeat
 * after another change must not undo that one.
 * @throws DomainError invalid_request for a blank name, customer_erased.
 */
export function changeContact(
  data: ChangeContact['data'],
  account: OpenAccountState,
  context: CommandContext,
): AccountContactChanged[] {
  assertNotErased(account);
  const { personal: previous } = account;
  const name = data.name ?? previous.name;
  assertName(name);
  const phone = changed(previous.phone, data.phone);
  const email = changed(previous.email, data.email);
  const next = { name, ...omitUndefined({ phone, email }) };
  return [
    {
      type: 'AccountContactChanged',
      data: {
        customerId: account.customerId,
        currency: account.currency,
        businessDay: context.businessDay,
        balanceMinor: balanceMinor(account),
        personal: { ...next, previous },
      },
    },
  ];
}

function changed(before: string | undefined, given: string | undefined): string | undefined {
  if (given === undefined) return before;
  return given.trim() === '' ? undefined : given;
}
