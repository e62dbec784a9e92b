import { type Story, usd } from './story.ts';

const FLOAT_MINOR = 5_000;
const SALE_MINOR = 6_000;

/** The close of the day: the drawer of a till, its Z report, and the sales of the day. */
export async function playEvening(story: Story): Promise<void> {
  const { step, print, link, write, read } = story;

  step('Open the drawer of a till with a float of 50.00; a sale of 60.00 is paid with 100.00.');
  const opening = { tillId: 'demo-till', currency: 'USD', openingFloatMinor: FLOAT_MINOR };
  const { body: opened } = await write('/drawers', 'drawer', opening, [201]);
  const drawerId = String(opened['drawerId']);
  const path = `/drawers/${drawerId}`;
  const lines = [{ name: 'Flowers', quantity: '1', unitPriceMinor: SALE_MINOR }];
  const { body: sale } = await write('/orders', 'flowers', { currency: 'USD', lines }, [202]);
  const cash = { method: 'cash', amountMinor: SALE_MINOR, currency: 'USD' };
  const tendered = { ...cash, tenderedMinor: 10_000, drawerId };
  const payments = `/orders/${String(sale['orderId'])}/payments`;
  const { body: paid } = await write(payments, 'flowers-cash', tendered, [201]);
  const { changeMinor } = paid['payment'] as { changeMinor: number };
  const { body: during } = await read(path);
  print(
    `   change ${usd(changeMinor)}; after the sale, ${usd(during['expectedMinor'])} are expected`,
  );

  step('Take 5.00 out of it for milk, and count what is in it at the end of the day.');
  const milk = { direction: 'out', amountMinor: 500, currency: 'USD', reason: 'Milk' };
  await write(`${path}/movements`, 'milk', milk, [201]);
  const denominations = [
    { valueMinor: 5_000, count: 2 },
    { valueMinor: 100, count: 4 },
  ];
  const count = { denominations, countedBy: 'Ana' };
  const { body: counted } = await write(`${path}/counts`, 'count', count, [200, 201]);
  print(`   counted ${usd(10_400)}: a difference of ${usd(counted['varianceMinor'])}, by Ana`);

  step('Close it. Nothing edits the close any more; what comes later is a correction beside it.');
  await write(`${path}/close`, 'close', { closedBy: 'Ana' }, [200]);
  const { body: z } = await read(`${path}/report`);
  const { netMinor } = z['sales'] as { netMinor: number };
  print(
    `   ${String(z['kind'])} report: sales ${usd(netMinor)}, expected ${usd(z['expectedMinor'])}, difference ${usd(z['varianceMinor'])}`,
  );
  link(`${path}/report/text`);

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

interface Day {
  readonly sales: { readonly orders: number; readonly totalMinor: number };
  readonly taken: Readonly<Record<string, { amountMinor: number; tipMinor: number }>>;
  readonly refunds: { readonly totalMinor: number };
  readonly accounts: { readonly repaidMinor: number };
}
