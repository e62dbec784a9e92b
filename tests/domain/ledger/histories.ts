import fc from 'fast-check';

import type { AccountCommand } from '../../../src/domain/accounts/index.ts';
import type { OrderCommand } from '../../../src/domain/orders/index.ts';
import { line, placeOrder } from '../../support/order-builders.ts';
import { CUSTOMER, type Shop, type ShopCommand } from './shop.ts';

/** Commands that name what only the shop knows by its place: the payable amount, an open debt. */
const ALL = -1;

const amount = fc.oneof(
  { weight: 3, arbitrary: fc.constant(ALL) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 250 }) },
);
const method = fc.constantFrom<'cash' | 'credit_card' | 'qr'>('cash', 'cash', 'credit_card', 'qr');
const ORDERS = ['o1', 'o2', 'o3'];
const LINES = ['a', 'b'];

const place = fc
  .record({
    prices: fc.tuple(fc.nat({ max: 200 }), fc.nat({ max: 90 })),
    units: fc.constantFrom('1', '3', '0.5'),
    coin: fc.constantFrom(0, 5, 10),
    percentage: fc.constantFrom('0', '19', '8.875'),
    kind: fc.constantFrom('exclusive', 'inclusive'),
    service: fc.constantFrom(0, 0, 12),
    tipMinor: fc.constantFrom(0, 0, 30),
  })
  .map(({ prices, units, coin, percentage, kind, service, tipMinor }): OrderCommand =>
    placeOrder({
      lines: prices.map((unitPriceMinor, i) =>
        line({ lineId: LINES[i] ?? '', unitPriceMinor, quantity: units }),
      ),
      taxes: [{ taxId: 't', name: 'VAT', percentage, kind }],
      serviceCharges: [{ chargeId: 's', name: 'S', amountMinor: service, taxable: true }],
      tipMinor,
      cashRoundingMinor: coin,
    }),
  );

const currency = 'EUR';
const reason = 'r';
const lineId = fc.constantFrom(...LINES);
const back = fc.oneof(
  fc.constant({}),
  fc.record({ lines: fc.constant([{ lineId: 'a' }, { lineId: 'b' }]) }),
  lineId.map((id) => ({ lines: [{ lineId: id }] })),
  lineId.map((id) => ({ lines: [{ lineId: id, quantity: '1' }] })),
  fc.integer({ min: 1, max: 150 }).map((amountMinor) => ({ amountMinor })),
  fc.integer({ min: 1, max: 90 }).map((each) => ({ amountMinor: each, toAccountMinor: each })),
);

const onOrder: fc.Arbitrary<OrderCommand> = fc.oneof(
  { weight: 3, arbitrary: place },
  {
    weight: 4,
    arbitrary: fc
      .record({ method, amountMinor: amount, tipMinor: fc.constantFrom(0, 0, 9) })
      .map((data): OrderCommand => ({ type: 'RecordPayment', data: { ...data, currency } })),
  },
  {
    weight: 4,
    arbitrary: amount.map((amountMinor): OrderCommand => ({
      type: 'RequestAccountCharge',
      data: { customerId: CUSTOMER, amountMinor, currency },
    })),
  },
  {
    weight: 6,
    arbitrary: back.map((data): OrderCommand => ({
      type: 'RefundOrder',
      data: { ...data, reason, currency },
    })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.nat({ max: 2 }), fc.constantFrom(0, 5, 40))
      .map(([place, tipMinor]): OrderCommand => ({
        type: 'AdjustTip',
        data: { paymentId: String(place), tipMinor, currency, reason },
      })),
  },
  {
    weight: 1,
    arbitrary: lineId.map((id): OrderCommand => ({
      type: 'VoidLine',
      data: { lineId: id, reason },
    })),
  },
  {
    weight: 1,
    arbitrary: lineId.map((id): OrderCommand => ({
      type: 'CompOrder',
      data: { lineId: id, reason, approvedBy: 'Ada' },
    })),
  },
  { weight: 1, arbitrary: fc.constant<OrderCommand>({ type: 'CancelOrder', data: { reason } }) },
);

const onAccount: fc.Arbitrary<AccountCommand> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ method, amountMinor: amount }).map((data): AccountCommand => ({
      type: 'RecordAccountPayment',
      data: { ...data, currency },
    })),
  },
  {
    weight: 2,
    arbitrary: fc.integer({ min: 1, max: 120 }).map((amountMinor): AccountCommand => ({
      type: 'OpenDebt',
      data: { amountMinor, currency },
    })),
  },
  {
    weight: 3,
    arbitrary: amount.map((amountMinor): AccountCommand => ({
      type: 'PayOutCash',
      data: { amountMinor, currency, reason },
    })),
  },
  {
    weight: 2,
    arbitrary: fc.nat({ max: 3 }).map((place): AccountCommand => ({
      type: 'WriteOffDebt',
      data: { debtId: String(place), reason, approvedBy: 'Ada' },
    })),
  },
  { weight: 1, arbitrary: fc.constant<AccountCommand>({ type: 'AllocateCredit', data: {} }) },
);

export const histories: fc.Arbitrary<ShopCommand[]> = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom(...ORDERS), onOrder)
        .map(([on, command]): ShopCommand => ({ on, command })),
    },
    { weight: 2, arbitrary: onAccount.map((command): ShopCommand => ({ on: 'account', command })) },
  ),
  { maxLength: 40, size: 'max' },
);

/** The command with what it names by its place, as a person at a till sees it. */
export function filledIn({ on, command }: ShopCommand, shop: Shop): ShopCommand {
  const { account } = shop;
  const order = shop.orders.get(on);
  const due = order && order.status !== 'none' ? dueOf(shop, on) : 1;
  if (command.type === 'WriteOffDebt' && account.status === 'open') {
    const debt = account.debts[Number(command.data.debtId) % Math.max(1, account.debts.length)];
    const debtId = debt?.debtId ?? 'none';
    return { on: 'account', command: { ...command, data: { ...command.data, debtId } } };
  }
  if (command.type === 'AdjustTip' && order && order.status !== 'none') {
    const payment = order.payments[Number(command.data.paymentId)];
    const paymentId = payment?.paymentId ?? 'none';
    return { on, command: { ...command, data: { ...command.data, paymentId } } };
  }
  if (!('amountMinor' in command.data) || command.data.amountMinor !== ALL) {
    return { on, command } as ShopCommand;
  }
  const owed = account.status === 'open' ? account.debts : [];
  const all = {
    RecordAccountPayment: owed.reduce((sum, debt) => sum + debt.remainingMinor, 0),
    PayOutCash: account.status === 'open' ? account.cashRefundableMinor : 1,
  };
  const amountMinor = Math.max(1, all[command.type as keyof typeof all] ?? due);
  return { on, command: { ...command, data: { ...command.data, amountMinor } } } as ShopCommand;
}

const dueOf = ({ ledger }: Shop, orderId: string): number =>
  ledger.balances.get(`receivable:${orderId}`) ?? 0;
