import {
  type AccountCommand,
  accountDecider,
  type AccountEvent,
  type AccountState,
} from '../../../src/domain/accounts/index.ts';
import type { CommandContext, Decider } from '../../../src/domain/kernel/decider.ts';
import { TillstreamError } from '../../../src/domain/kernel/errors.ts';
import {
  type OrderCommand,
  orderDecider,
  type OrderEvent,
  type OrderState,
} from '../../../src/domain/orders/index.ts';
import { CONTEXT } from '../../support/decider.ts';
import { book, createLedger, type Ledger } from './ledger.ts';

export const CUSTOMER = 'marta';

export type ShopEvent = OrderEvent | AccountEvent;
export type ShopCommand =
  | { readonly on: 'account'; readonly command: AccountCommand }
  | { readonly on: string; readonly command: OrderCommand };

export interface Rules {
  readonly order: Decider<OrderState, OrderCommand, OrderEvent>;
  readonly account: Decider<AccountState, AccountCommand, AccountEvent>;
}

export const RULES: Rules = { order: orderDecider, account: accountDecider };

/** A shop with one customer, whose every event is booked; settled as the product settles it. */
export interface Shop {
  readonly ledger: Ledger;
  readonly events: ShopEvent[];
  readonly orders: Map<string, OrderState>;
  account: AccountState;
  /** Returns the code of a refusal; undefined where the command was carried out. */
  give(given: ShopCommand): string | undefined;
}

export function openShop(rules: Rules = RULES): Shop {
  const ledger = createLedger();
  const events: ShopEvent[] = [];
  const orders = new Map<string, OrderState>();
  let account: AccountState = rules.account.initialState;
  let count = 0;

  function contextOf(entityId: string, commandId: string): CommandContext {
    return { ...CONTEXT, entityId, commandId };
  }

  function record(event: ShopEvent): void {
    events.push(event);
    book(ledger, event);
  }

  function onOrder(orderId: string, command: OrderCommand, commandId: string): OrderEvent[] {
    let state = orders.get(orderId) ?? rules.order.initialState;
    const decided = rules.order.decide(command, state, contextOf(orderId, commandId));
    for (const event of decided) {
      state = rules.order.evolve(state, event);
      orders.set(orderId, state);
      record(event);
    }
    return [...decided];
  }

  function onAccount(command: AccountCommand, commandId: string): AccountEvent[] {
    const decided = rules.account.decide(command, account, contextOf(CUSTOMER, commandId));
    for (const event of decided) {
      account = rules.account.evolve(account, event);
      record(event);
    }
    return [...decided];
  }

  /** What the settlement process does between an order and the account. */
  function settle(event: OrderEvent, commandId: string): void {
    if (event.type === 'AccountChargeRequested') {
      const { orderId, chargeId, amountMinor, currency } = event.data;
      const debt: AccountCommand = {
        type: 'OpenDebt',
        data: { amountMinor, currency, orderId, kind: 'sale' },
      };
      const refused = attempt(() => {
        const [opened] = onAccount(debt, `${orderId}:${commandId}`);
        if (opened?.type !== 'DebtOpened') throw new Error('expected a debt');
        const { debtId } = opened.data;
        const confirm = { type: 'ConfirmAccountCharge', data: { chargeId, debtId } } as const;
        onOrder(orderId, confirm, `${commandId} confirm`);
      });
      if (refused === undefined) return;
      const data = { chargeId, code: refused, message: refused };
      onOrder(orderId, { type: 'RejectAccountCharge', data }, `${commandId} reject`);
    }
    if (event.type === 'OrderRefunded' && event.data.toAccountMinor > 0) {
      const { orderId, refundId, toAccountMinor: amountMinor, currency } = event.data;
      const data = { refundId, orderId, amountMinor, currency };
      onAccount({ type: 'CreditReturn', data }, `${orderId}:${commandId} return`);
    }
  }

  const shop: Shop = {
    ledger,
    events,
    orders,
    get account() {
      return account;
    },
    give({ on, command }) {
      const commandId = `c${count++}`;
      return attempt(() => {
        if (on === 'account') onAccount(command as AccountCommand, commandId);
        else {
          const decided = onOrder(on, command as OrderCommand, commandId);
          for (const event of decided) settle(event, commandId);
        }
      });
    },
  };
  shop.give({
    on: 'account',
    command: {
      type: 'OpenAccount',
      data: { currency: 'EUR', name: 'Marta', creditLimitMinor: 300 },
    },
  });
  return shop;
}

/** The code of the refusal that it ends with; any other error is a bug and thrown on. */
function attempt(act: () => void): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof TillstreamError && error.kind !== 'internal') return error.code;
    throw error;
  }
}
