import fc from 'fast-check';

import {
  accountEvents,
  type OpenAccountState,
  type SaleReturnedToAccount,
} from '../../../src/domain/accounts/index.ts';
import { eventTypes } from '../../../src/domain/kernel/event-types.ts';
import { dueMinor, type OrderEvent, orderEvents } from '../../../src/domain/orders/index.ts';
import { createEventChecks } from '../../../src/engine/commands/event-checks.ts';
import { filledIn, histories } from './histories.ts';
import { balanceOf, settledFindings } from './ledger.ts';
import { CUSTOMER, openShop, RULES, type Rules, type Shop, type ShopCommand } from './shop.ts';

const check = createEventChecks(eventTypes(orderEvents.types, accountEvents.types));

function play(commands: readonly ShopCommand[], rules: Rules = RULES): Shop {
  const shop = openShop(rules);
  for (const command of commands) shop.give(filledIn(command, shop));
  return shop;
}

/** The findings of the ledger about many random shops; empty where every rule of money holds. */
function findingsOf(rules: Rules, numRuns: number): string[] {
  const found: string[] = [];
  fc.assert(
    fc.property(histories, (commands) => {
      found.push(...settledFindings(play(commands, rules).ledger));
      return true;
    }),
    { numRuns, seed: 7 },
  );
  return found;
}

describe('A double-entry ledger of any history of orders and an account', () => {
  it('balances after every event, and never misses a cent', () => {
    const seen = new Set<string>();
    const amounts = new Set<string>();
    fc.assert(
      fc.property(histories, (commands) => {
        const { ledger, events } = play(commands);
        for (const event of events) {
          check(event);
          seen.add(event.type);
          for (const [field, value] of Object.entries(event.data)) {
            if (typeof value === 'number' && value !== 0) amounts.add(`${event.type}.${field}`);
          }
        }
        expect(settledFindings(ledger)).toEqual([]);
      }),
      { numRuns: 400 },
    );
    // A property about commands that are all refused would hold as well.
    expect([...seen].sort()).toEqual([
      'AccountChargeConfirmed',
      'AccountChargeRejected',
      'AccountChargeRequested',
      'AccountOpened',
      'AccountPaymentRecorded',
      'CashPaidOut',
      'CreditApplied',
      'DebtOpened',
      'DebtWrittenOff',
      'OrderCancelled',
      'OrderComped',
      'OrderLineVoided',
      'OrderPaymentRecorded',
      'OrderPlaced',
      'OrderRefunded',
      'OrderStatusChanged',
      'OrderTipAdjusted',
      'SaleReturnedToAccount',
    ]);
    const wanted = [
      'OrderPaymentRecorded.roundingAddedMinor',
      'OrderRefunded.roundingMinor',
      'OrderRefunded.taxMinor',
      'OrderRefunded.inclusiveTaxMinor',
      'OrderRefunded.toAccountMinor',
      'SaleReturnedToAccount.recoveredMinor',
      'SaleReturnedToAccount.cashMinor',
    ];
    expect(wanted.filter((each) => !amounts.has(each))).toEqual([]);
  });

  it('agrees with the state that the rules decide on', () => {
    fc.assert(
      fc.property(histories, (commands) => {
        const { ledger, orders, account } = play(commands);
        for (const [orderId, order] of orders) {
          if (order.status === 'none' || order.status === 'CANCELLED') continue;
          expect(balanceOf(ledger, `receivable:${orderId}`)).toBe(dueMinor(order));
        }
        const { creditMinor, cashRefundableMinor } = account as OpenAccountState;
        expect(creditMinor + balanceOf(ledger, `credit:${CUSTOMER}`)).toBe(0);
        expect(ledger.cashInCredit.get(CUSTOMER) ?? 0).toBe(cashRefundableMinor);
      }),
      { numRuns: 200 },
    );
  });
});

/** The rules with a bug: decided on another state, or other events than were decided. */
function withBug(bug: {
  account?: (state: OpenAccountState) => OpenAccountState;
  order?: (event: OrderEvent) => OrderEvent;
  returned?: (data: SaleReturnedToAccount['data']) => SaleReturnedToAccount['data'];
}): Rules {
  const { account, order } = RULES;
  return {
    account: {
      ...account,
      decide: (command, state, context) => {
        const seen = state.status === 'open' && bug.account ? bug.account(state) : state;
        return account.decide(command, seen, context).map((event) => {
          if (event.type !== 'SaleReturnedToAccount' || !bug.returned) return event;
          return { ...event, data: bug.returned(event.data) };
        });
      },
    },
    order: {
      ...order,
      decide: (command, state, context) =>
        order.decide(command, state, context).map((event) => bug.order?.(event) ?? event),
    },
  };
}

describe('The ledger finds', () => {
  it.each<[string, Rules, RegExp]>([
    [
      'cash that stays payable after it paid a debt',
      withBug({
        account: (state) => ({
          ...state,
          cashRefundableMinor: Math.min(state.creditMinor, state.cashHeldMinor),
        }),
      }),
      /more cash is paid out than is in the credit/,
    ],
    [
      'credit for goods whose debt was written off',
      withBug({
        account: (state) => ({
          ...state,
          orders: state.orders.map((order) => ({ ...order, writtenOffMinor: 0 })),
        }),
      }),
      /was lost on these goods, and 0 is recovered/,
    ],
    [
      'card money that a return makes payable in cash',
      withBug({
        returned: (data) => ({
          ...data,
          cashMinor: data.cashMinor === 0 ? 0 : Math.max(0, (data.cashMinor ?? 0) - 1),
        }),
      }),
      /of the credit was cash/,
    ],
    [
      'refunds without their tax',
      withBug({
        order: (event) =>
          event.type === 'OrderRefunded'
            ? { ...event, data: { ...event.data, taxMinor: 0 } }
            : event,
      }),
      /tax:o\d keeps \d+ of a refunded order/,
    ],
    [
      'rounding that is not said to change the total',
      withBug({
        order: (event) =>
          event.type === 'OrderPaymentRecorded'
            ? { ...event, data: { ...event.data, roundingAddedMinor: 0 } }
            : event,
      }),
      /OrderPaymentRecorded states -?\d+ due, not/,
    ],
  ])('%s', (_, rules, finding) => {
    expect(findingsOf(rules, 300)).toEqual(
      expect.arrayContaining([expect.stringMatching(finding) as string]),
    );
  });

  it('nothing where there is no bug', () => {
    expect(findingsOf(withBug({}), 100)).toEqual([]);
  });
});
