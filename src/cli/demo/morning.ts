import type { ApiClient, ApiResponse } from '../api-client.ts';

export interface MorningOptions {
  readonly client: ApiClient;
  readonly url: string;
  /** Orders as returned by the Square API. */
  readonly squareOrders: unknown;
  readonly print: (line: string) => void;
}

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

function usd(minor: unknown): string {
  return `${(Number(minor) / 100).toFixed(2)} USD`;
}

function basket(name: string, unitPriceMinor: number) {
  return { currency: 'USD', lines: [{ lineId: 'line-1', name, quantity: '1', unitPriceMinor }] };
}

/**
 * Plays a shop's morning through the public API. Every write has a fixed idempotency key, so
 * playing it again changes nothing.
 */
export async function playMorning({ client, url, squareOrders, print }: MorningOptions) {
  let number = 0;
  let position: string | undefined;
  const step = (title: string) => {
    number += 1;
    print(`\n${number}. ${title}`);
  };
  const link = (path: string) => print(`   see: ${url}/docs/view#${path}`);
  const write = async (path: string, key: string, body: unknown, expected: number[]) => {
    const response = await client.post(path, { key: `demo-${key}`, body });
    if (!expected.includes(response.status)) throw unexpected(path, response);
    position = response.position ?? position;
    return response;
  };
  const read = async (path: string) => {
    const response = await client.get(path, { position });
    if (response.status !== 200) throw unexpected(path, response);
    return response;
  };

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

  step('The sales of the day, computed from the same events.');
  const report = await read('/reports/daily-sales');
  const days = report.body['items'] as { day: string; currencies: Record<string, Day> }[];
  const today = days.at(-1)?.currencies['USD'];
  if (today) {
    print(`   ${today.sales.orders} orders, sold ${usd(today.sales.totalMinor)}`);
    for (const [method, { amountMinor, tipMinor }] of Object.entries(today.taken)) {
      print(`   taken by ${method.replace('_', ' ')}: ${usd(amountMinor)}, tips ${usd(tipMinor)}`);
    }
    print(
      `   refunded ${usd(today.refunds.totalMinor)}, repaid ${usd(today.accounts.repaidMinor)}`,
    );
  }
  link('/reports/daily-sales');
}

interface Allocation {
  readonly amountMinor: number;
  readonly remainingMinor: number;
}

interface Day {
  readonly sales: { readonly orders: number; readonly totalMinor: number };
  readonly taken: Readonly<Record<string, { amountMinor: number; tipMinor: number }>>;
  readonly refunds: { readonly totalMinor: number };
  readonly accounts: { readonly repaidMinor: number };
}

function unexpected(path: string, { status, body }: ApiResponse): Error {
  return new Error(`expected ${path} to succeed, found ${status}: ${JSON.stringify(body)}`);
}
