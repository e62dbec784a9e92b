import type { Decider } from '../kernel/decider.ts';
import { DomainError, NotFoundError } from '../kernel/errors.ts';
import { unreachable } from '../kernel/invariant.ts';
import { assertWithinMaximum, exponentOf } from '../kernel/money.ts';
import { type CheckoutCommand, checkoutCommands } from './commands.ts';
import type { CHECKOUT_PROVIDERS, CHECKOUT_STATUSES, CheckoutEvent } from './events.ts';

export interface Checkout {
  readonly status: (typeof CHECKOUT_STATUSES)[number];
  readonly checkoutId: string;
  readonly orderId: string;
  readonly provider: (typeof CHECKOUT_PROVIDERS)[number];
  readonly amountMinor: number;
  readonly currency: string;
  readonly title: string;
  readonly url?: string;
}

export type CheckoutState = { readonly status: 'none' } | Checkout;

/**
 * A page at a provider on which payers pay for one order. Several can pay on it: each payment is
 * one of its own, and what the order does not take of them is excess.
 */
export const checkoutDecider: Decider<CheckoutState, CheckoutCommand, CheckoutEvent> = {
  category: 'checkout',
  version: 1,
  initialState: { status: 'none' },
  commands: checkoutCommands,
  /** @throws NotFoundError checkout_not_found. @throws DomainError checkout_exists. */
  decide(command, state, { entityId: checkoutId, businessDay }) {
    if (command.type === 'RequestCheckout') {
      if (state.status !== 'none') {
        throw new DomainError('checkout_exists', `checkout ${checkoutId} exists already`);
      }
      const { data } = command;
      exponentOf(data.currency);
      assertWithinMaximum(data.amountMinor);
      return [{ type: 'CheckoutRequested', data: { checkoutId, businessDay, ...data } }];
    }
    if (state.status === 'none') {
      throw new NotFoundError('checkout_not_found', `there is no checkout ${checkoutId}`);
    }
    // The first outcome stands.
    if (state.status !== 'requested') return [];
    const common = { checkoutId, orderId: state.orderId, businessDay };
    switch (command.type) {
      case 'OpenCheckout':
        return [{ type: 'CheckoutOpened', data: { ...common, ...command.data } }];
      case 'FailCheckout':
        return [{ type: 'CheckoutFailed', data: { ...common, ...command.data } }];
      default:
        return unreachable(command);
    }
  },
  evolve(state, event) {
    if (event.type === 'CheckoutRequested') {
      const { businessDay: _day, ...data } = event.data;
      return { status: 'requested', ...data };
    }
    if (state.status === 'none') return state;
    if (event.type === 'CheckoutFailed') return { ...state, status: 'failed' };
    return { ...state, status: 'open', url: event.data.url };
  },
};
