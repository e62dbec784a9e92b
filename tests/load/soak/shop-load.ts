import type { ApiClient, ApiResponse } from '../../../src/cli/api-client.ts';
import { createPrng } from '../../simulation/world/prng.ts';

/** After so many debts a customer is left alone: an account must not grow for ever. */
const DEBTS_PER_CUSTOMER = 200;
const CUSTOMERS = 20;
const OWED_UNTIL_PAID = 5;
const CURRENCY = 'USD';

interface Customer {
  path: string;
  customerId: unknown;
  debts: number;
}

/** One till of a shop: a mix of sales, payments, accounts and queries. */
export interface Till {
  /** Does the next thing. @throws Error when an answer is not what it should be. */
  act(): Promise<void>;
  readonly requests: number;
  readonly orders: number;
}

/** `name` makes the keys of this till its own; `seed` what it does. */
export function createTill(api: ApiClient, name: string, seed: number): Till {
  const prng = createPrng(seed).fork(name);
  const customers: Customer[] = [];
  let requests = 0;
  let orders = 0;

  function expectStatus(answer: ApiResponse, what: string): ApiResponse {
    requests += 1;
    if (answer.status < 300) return answer;
    throw new Error(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  const post = async (path: string, body: unknown) =>
    expectStatus(await api.post(path, { key: `${name}-${requests}`, body }), `POST ${path}`);
  const get = async (path: string, position?: string) =>
    expectStatus(await api.get(path, { position }), `GET ${path}`);

  async function order(): Promise<ApiResponse> {
    orders += 1;
    const lines = Array.from({ length: 1 + prng.below(4) }, (_, i) => ({
      name: `Article ${i}`,
      quantity: String(1 + prng.below(3)),
      unitPriceMinor: 50 + prng.below(2_000),
    }));
    return post('/orders', { currency: CURRENCY, lines });
  }

  const pathOf = ({ body }: ApiResponse) => `/orders/${String(body['orderId'])}`;
  const totalOf = ({ body }: ApiResponse) => (body['totals'] as { totalMinor: number }).totalMinor;

  async function customer(): Promise<Customer> {
    const known = prng.pick(customers) as Customer | undefined;
    const worn = known && known.debts >= DEBTS_PER_CUSTOMER;
    if (known && !worn && customers.length >= CUSTOMERS) return known;
    const { body } = await post('/customers', { currency: CURRENCY, name: `Customer of ${name}` });
    const { customerId } = body;
    const opened = { path: `/customers/${String(customerId)}`, customerId, debts: 0 };
    if (worn) customers.splice(customers.indexOf(known), 1);
    customers.push(opened);
    return opened;
  }

  async function sellForCash(): Promise<void> {
    const placed = await order();
    const payment = { method: 'cash', amountMinor: totalOf(placed), currency: CURRENCY };
    const paid = await post(`${pathOf(placed)}/payments`, payment);
    await get(pathOf(placed), paid.position);
  }

  async function sellOnAccount(): Promise<void> {
    const buyer = await customer();
    const placed = await order();
    const { customerId } = buyer;
    const amountMinor = totalOf(placed);
    const charge = { method: 'on_account', amountMinor, currency: CURRENCY, customerId };
    const { position } = await post(`${pathOf(placed)}/payments`, charge);
    buyer.debts += 1;
    if (buyer.debts % OWED_UNTIL_PAID !== 0) return;
    const { body } = await get(buyer.path, position);
    const payment = { method: 'cash', amountMinor: body['balanceMinor'], currency: CURRENCY };
    await post(`${buyer.path}/payments`, payment);
  }

  async function giveBack(): Promise<void> {
    const placed = await order();
    const payment = { method: 'credit_card', amountMinor: totalOf(placed), currency: CURRENCY };
    await post(`${pathOf(placed)}/payments`, payment);
    const refund = { amountMinor: 1, reason: 'a test', currency: CURRENCY };
    await post(`${pathOf(placed)}/refunds`, refund);
  }

  const lists = [
    '/orders',
    '/customers',
    '/debts?status=open',
    '/payments',
    '/reports/daily-sales',
  ];
  const browse = async () => {
    await get(prng.pick(lists));
  };
  const actions = [sellForCash, sellForCash, sellForCash, sellOnAccount, giveBack, browse, browse];

  return {
    act: () => prng.pick(actions)(),
    get requests() {
      return requests;
    },
    get orders() {
      return orders;
    },
  };
}
