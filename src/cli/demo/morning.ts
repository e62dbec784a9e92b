import { type Story, usd } from './story.ts';

const STEAK_AND_WINE = {
  currency: 'USD',
  lines: [
    { lineId: 'steak', name: 'New York Strip Steak', quantity: '1', unitPriceMinor: 1599 },
    {
      lineId: 'steak-well',
      name: 'New York Steak',
      variation: 'Larger',
      quantity: '2',
      unitPriceMinor: 2200,
      modifiers: [{ name: 'Well', unitPriceMinor: 50 }],
    },
  ],
  discounts: [
    { discountId: 'labor-day', name: 'Labor Day Sale', percentage: '5' },
    { discountId: 'membership', name: 'Membership Discount', percentage: '0.5' },
    { discountId: 'one-off', name: 'Sale - $1.00 off', amountMinor: 100, lineIds: ['steak-well'] },
  ],
  taxes: [{ taxId: 'state', name: 'State Sales Tax', percentage: '9', kind: 'exclusive' }],
};

function basket(name: string, unitPriceMinor: number) {
  return { currency: 'USD', lines: [{ lineId: 'line-1', name, quantity: '1', unitPriceMinor }] };
}

/** The morning: sales in cash and on credit, a refund, and what is rejected. */
export async function playMorning(story: Story, squareOrders: unknown): Promise<void> {
  const { step, print, link, write, read } = story;

  step('Import two orders exactly as the Square API returns them; their totals are kept.');
  const { body: imported } = await write('/imports/orders', 'import', squareOrders, [200, 201]);
  print(`   ${JSON.stringify(imported['counts'])}`);
  link('/orders');

  step('Ring up the example that Square publishes: two steaks, three discounts, 9 % tax.');
  const { body: dinner } = await write('/orders', 'dinner', STEAK_AND_WINE, [202]);
  const totals = dinner['totals'] as Record<string, number>;
  print(
    `   ${usd(totals['grossMinor'])} - ${usd(totals['discountMinor'])} discount + ${usd(totals['taxMinor'])} tax = ${usd(totals['totalMinor'])}`,
  );
  const dinnerId = String(dinner['orderId']);
  link(`/orders/${dinnerId}`);

  step('Send the same request again, as a till does when the response was lost.');
  const { body: repeated } = await write('/orders', 'dinner', STEAK_AND_WINE, [202]);
  print(`   the same response: order ${String(repeated['orderId'])}, no second order`);

  step('Use that key for another basket: rejected, with the fields that differ.');
  const { body: reused } = await write('/orders', 'dinner', basket('Coffee', 350), [422]);
  print(`   ${String(reused['code'])}: ${String(reused['detail'])}`);

  step('Pay in cash with a tip: 100.00 tendered.');
  const cash = {
    method: 'cash',
    amountMinor: totals['totalMinor'],
    tipMinor: 500,
    tenderedMinor: 10_000,
    currency: 'USD',
  };
  const { body: paid } = await write(`/orders/${dinnerId}/payments`, 'cash', cash, [200, 201]);
  const payment = paid['payment'] as Record<string, unknown>;
  print(`   tip 5.00, change ${usd(payment['changeMinor'])}, status ${String(paid['status'])}`);
  link(`/orders/${dinnerId}/history`);

  step('One steak is returned: refund by line, never more than remains.');
  const refund = {
    lines: [{ lineId: 'steak-well', quantity: '1' }],
    reason: 'undercooked',
    currency: 'USD',
  };
  const back = await write(`/orders/${dinnerId}/refunds`, 'refund', refund, [200, 201]);
  print(`   refunded in total: ${usd(back.body['refundedMinor'])}`);

  step('Open an account for Ana, who buys on credit up to 100.00.');
  const ana = { currency: 'USD', name: 'Ana', creditLimitMinor: 10_000 };
  const { body: account } = await write('/customers', 'ana', ana, [201]);
  const customerId = String(account['customerId']);
  link(`/customers/${customerId}`);

  const onAccount = async (name: string, price: number, key: string, expected: number[]) => {
    const { body: order } = await write('/orders', `${key}-order`, basket(name, price), [202]);
    const charge = { method: 'on_account', amountMinor: price, currency: 'USD', customerId };
    const path = `/orders/${String(order['orderId'])}/payments`;
    return write(path, `${key}-charge`, charge, expected);
  };

  step('Charge two sales to her account: 60.00 and 30.00.');
  await onAccount('Groceries', 6000, 'first', [200, 201]);
  await onAccount('Charcoal', 3000, 'second', [200, 201]);
  const owed = await read(`/customers/${customerId}`);
  print(`   she owes ${usd(owed.body['balanceMinor'])}`);

  step('A third sale of 20.00 would exceed her limit: rejected, permanently for that key.');
  const { body: refused } = await onAccount('Wine', 2000, 'third', [422]);
  print(`   ${String(refused['code'])}: ${String(refused['detail'])}`);

  step('Ana pays 70.00: allocated to the oldest debt first, to the cent.');
  const repay = { method: 'cash', amountMinor: 7000, currency: 'USD' };
  const path = `/customers/${customerId}/payments`;
  const { body: repaid } = await write(path, 'repay', repay, [200, 201]);
  const { allocations } = repaid['payment'] as { allocations: Allocation[] };
  for (const [i, { amountMinor, remainingMinor }] of allocations.entries()) {
    print(`   debt ${i + 1}: ${usd(amountMinor)} paid, ${usd(remainingMinor)} still owed`);
  }
  const after = await read(`/customers/${customerId}`);
  print(`   she owes ${usd(after.body['balanceMinor'])}`);
  link(`/customers/${customerId}/statement`);
}

interface Allocation {
  readonly amountMinor: number;
  readonly remainingMinor: number;
}
