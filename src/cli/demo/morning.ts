import type { Answer, ApiClient } from '../api-client.ts';

export interface MorningOptions {
  readonly client: ApiClient;
  readonly url: string;
  /** Orders as Square's API gives them. */
  readonly squareOrders: unknown;
  readonly say: (line: string) => void;
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
 * Plays a shop's morning over the public API, in plain words. Every write has a fixed key, so that
 * playing it again finds everything done and changes nothing.
 */
export async function playMorning({ client, url, squareOrders, say }: MorningOptions) {
  let number = 0;
  let position: string | undefined;
  const step = (title: string) => {
    number += 1;
    say(`\n${number}. ${title}`);
  };
  const see = (path: string) => say(`   look: ${url}${path}`);
  const write = async (path: string, key: string, body: unknown, expected: number[]) => {
    const answer = await client.post(path, { key: `demo-${key}`, body });
    if (!expected.includes(answer.status)) throw unexpected(path, answer);
    position = answer.position ?? position;
    return answer;
  };
  const read = async (path: string) => {
    const answer = await client.get(path, { position });
    if (answer.status !== 200) throw unexpected(path, answer);
    return answer;
  };

  step("Take over two orders exactly as Square's API gives them; their totals are kept.");
  const { body: imported } = await write('/imports/orders', 'import', squareOrders, [200, 201]);
  say(`   ${JSON.stringify(imported['counts'])}`);
  see('/orders');

  step("Ring up Square's published example ourselves: two steaks, three discounts, 9 % tax.");
  const { body: dinner } = await write('/orders', 'dinner', STEAK_AND_WINE, [202]);
  const totals = dinner['totals'] as Record<string, number>;
  say(
    `   ${usd(totals['grossMinor'])} - ${usd(totals['discountMinor'])} discount + ${usd(totals['taxMinor'])} tax = ${usd(totals['totalMinor'])}`,
  );
  const dinnerId = String(dinner['orderId']);
  see(`/orders/${dinnerId}`);

  step('Send the very same request again, as a till does when the answer was lost.');
  const { body: again } = await write('/orders', 'dinner', STEAK_AND_WINE, [202]);
  say(`   the first answer again: order ${String(again['orderId'])}, no second order`);

  step('Use that key for another basket: refused, naming what differs.');
  const { body: reused } = await write('/orders', 'dinner', basket('Coffee', 350), [422]);
  say(`   ${String(reused['code'])}: ${String(reused['detail'])}`);

  step('Pay it in cash with a tip: 100.00 handed over.');
  const cash = {
    method: 'cash',
    amountMinor: totals['totalMinor'],
    tipMinor: 500,
    tenderedMinor: 10_000,
    currency: 'USD',
  };
  const { body: paid } = await write(`/orders/${dinnerId}/payments`, 'cash', cash, [200, 201]);
  const payment = paid['payment'] as Record<string, unknown>;
  say(`   tip 5.00, change ${usd(payment['changeMinor'])}, status ${String(paid['status'])}`);
  see(`/orders/${dinnerId}/history`);

  step('One steak comes back: refund by line, never above what remains of it.');
  const refund = {
    lines: [{ lineId: 'steak-well', quantity: '1' }],
    reason: 'undercooked',
    currency: 'USD',
  };
  const back = await write(`/orders/${dinnerId}/refunds`, 'refund', refund, [200, 201]);
  say(`   refunded in all: ${usd(back.body['refundedMinor'])}`);

  step('Open an account for Ana, who buys on credit up to 100.00.');
  const ana = { currency: 'USD', name: 'Ana', creditLimitMinor: 10_000 };
  const { body: account } = await write('/customers', 'ana', ana, [201]);
  const customerId = String(account['customerId']);
  see(`/customers/${customerId}`);

  const onAccount = async (name: string, price: number, key: string, expected: number[]) => {
    const { body: order } = await write('/orders', `${key}-order`, basket(name, price), [202]);
    const charge = { method: 'on_account', amountMinor: price, currency: 'USD', customerId };
    const path = `/orders/${String(order['orderId'])}/payments`;
    return write(path, `${key}-charge`, charge, expected);
  };

  step('Two sales go on her account: 60.00 and 30.00.');
  await onAccount('Groceries', 6000, 'first', [200, 201]);
  await onAccount('Charcoal', 3000, 'second', [200, 201]);
  const owed = await read(`/customers/${customerId}`);
  say(`   she owes ${usd(owed.body['balanceMinor'])}`);

  step('A third one of 20.00 would exceed her limit: refused, and it stays refused for that key.');
  const { body: refused } = await onAccount('Wine', 2000, 'third', [422]);
  say(`   ${String(refused['code'])}: ${String(refused['detail'])}`);

  step('Ana pays 70.00: the oldest debt first, to the cent.');
  const repay = { method: 'cash', amountMinor: 7000, currency: 'USD' };
  const path = `/customers/${customerId}/payments`;
  const { body: repaid } = await write(path, 'repay', repay, [200, 201]);
  const { allocations } = repaid['payment'] as { allocations: Allocation[] };
  for (const [i, { amountMinor, remainingMinor }] of allocations.entries()) {
    say(`   debt ${i + 1}: ${usd(amountMinor)} paid, ${usd(remainingMinor)} still owed`);
  }
  const after = await read(`/customers/${customerId}`);
  say(`   she owes ${usd(after.body['balanceMinor'])}`);
  see(`/customers/${customerId}/statement`);

  step('The day so far, added up from the same events.');
  const report = await read('/reports/daily-sales');
  const days = report.body['items'] as { day: string; currencies: Record<string, Day> }[];
  const today = days.at(-1)?.currencies['USD'];
  if (today) {
    say(`   ${today.sales.orders} orders, sold ${usd(today.sales.totalMinor)}`);
    for (const [method, { amountMinor, tipMinor }] of Object.entries(today.taken)) {
      say(`   taken by ${method.replace('_', ' ')}: ${usd(amountMinor)}, tips ${usd(tipMinor)}`);
    }
    say(`   refunded ${usd(today.refunds.totalMinor)}, repaid ${usd(today.accounts.repaidMinor)}`);
  }
  see('/reports/daily-sales');
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

function unexpected(path: string, { status, body }: Answer): Error {
  return new Error(`expected ${path} to succeed, found ${status}: ${JSON.stringify(body)}`);
}
