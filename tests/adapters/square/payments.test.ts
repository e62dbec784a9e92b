import { openSquarePayments } from '../../support/square/payments.ts';

type Square = Awaited<ReturnType<typeof openSquarePayments>>;

let square: Square;
beforeEach(async () => {
  square = await openSquarePayments({
    card: 'cnon:card-nonce-ok',
    expired: 'cnon:card-nonce-rejected-expiration',
  });
});
afterEach(() => square.stop());

const REQUEST = {
  ...{ attemptId: 'payment-1', amountMinor: 5_881, currency: 'USD' },
  ...{ method: 'credit_card', reference: 'order-1' },
};
const refundOf = (refundId: string) => ({
  ...{ attemptId: 'payment-1', refundId, amountMinor: 881, currency: 'USD' },
});

async function charge(): Promise<string> {
  const charged = await (await square.at({})).charge(REQUEST);
  if (charged.kind !== 'succeeded') throw new Error(`found ${charged.kind}`);
  return charged.transactionId;
}

describe('Payments at Square', () => {
  it('have the tip apart, and the payment as reference', async () => {
    const provider = await square.at({ amountMinor: 5_000, tipMinor: 881 });
    expect(await provider.charge(REQUEST)).toMatchObject({ chargedMinor: 5_881 });
    expect(await provider.lookup('payment-1')).toMatchObject({ chargedMinor: 5_881 });
    const { payments = [] } = await square.control('GET', 'state');
    expect(payments).toMatchObject([
      {
        ...{ reference_id: 'payment-1', note: 'Order order-1', source_type: 'CARD' },
        ...{ amount_money: { amount: 5_000 }, tip_money: { amount: 881 } },
      },
    ]);
  });

  it('are found on any page of the list', async () => {
    const transactionId = await charge();
    for (let i = 0; i < 120; i++) {
      const paymentId = `other-${i}`;
      await (await square.at({ paymentId })).charge({ ...REQUEST, attemptId: paymentId });
    }
    const found = await (await square.at({})).lookup('payment-1');
    expect(found).toMatchObject({ kind: 'succeeded', transactionId });
  });

  it('are charged once although a list does not show the charge yet', async () => {
    const transactionId = await charge();
    await square.plan({ kind: 'stale', method: 'GET' });
    const provider = await square.at({});
    await provider.lookup('payment-1');
    expect(await provider.charge(REQUEST)).toMatchObject({ transactionId });
    expect(await square.charges()).toHaveLength(1);
  });

  it('fail without what the payer gave, and are not sent', async () => {
    const provider = await square.at({ sourceId: 'gone' });
    const failed = { kind: 'failed', reason: 'payment_source_missing' };
    expect(await provider.charge(REQUEST)).toEqual(failed);
    expect(await square.charges()).toEqual([]);
  });

  it.each([
    ['a refusal of the token', { kind: 'status', status: 401 }, 'retry'],
    ['an amount of another currency', undefined, 'failed'],
  ])('tell %s', async (_what, fault, kind) => {
    if (fault) await square.plan(fault);
    const currency = fault ? 'USD' : 'EUR';
    const charged = await (await square.at({})).charge({ ...REQUEST, currency });
    expect(charged.kind).toBe(kind);
    expect(await square.charges()).toEqual([]);
  });

  it.each([
    { kind: 'status', status: 500 },
    { kind: 'html' },
    { kind: 'error-200' },
    { kind: 'lost-before' },
    { kind: 'lost-after' },
    { kind: 'truncated' },
  ])('are in doubt after %j, and charged once in the end', async (fault) => {
    await square.plan({ ...fault, method: 'POST' });
    const provider = await square.at({});
    await expect(provider.charge(REQUEST)).rejects.toMatchObject({ name: 'UpstreamError' });
    const found = await provider.lookup('payment-1');
    if (!found) expect(await provider.charge(REQUEST)).toMatchObject({ kind: 'succeeded' });
    expect(await square.charges()).toEqual([{ amountMinor: 5_881, refundedMinor: 0 }]);
  });

  it('give an expired card its common name', async () => {
    const provider = await square.at({ sourceId: 'expired' });
    const failed = { kind: 'failed', reason: 'invalid_expiration' };
    expect(await provider.charge(REQUEST)).toEqual(failed);
  });

  it('wait for the bank with a refund, and refund once when the response is lost', async () => {
    const provider = await square.at({ transactionId: await charge() });
    await square.plan({ kind: 'lost-after', method: 'POST', path: '/v2/refunds' });
    await expect(provider.refund(refundOf('refund-1'))).rejects.toMatchObject({
      name: 'UpstreamError',
    });
    const waiting = { kind: 'retry', reason: 'refund_pending', afterMs: 30_000 };
    expect(await provider.refund(refundOf('refund-1'))).toEqual(waiting);
    await square.settleRefunds();
    expect(await provider.refund(refundOf('refund-1'))).toMatchObject({ kind: 'refunded' });
    expect(await square.charges()).toEqual([{ amountMinor: 5_881, refundedMinor: 881 }]);
  });

  it('tell that the bank has refused a refund', async () => {
    const provider = await square.at({ transactionId: await charge() });
    expect(await provider.refund(refundOf('refund-1'))).toMatchObject({ kind: 'retry' });
    await square.settleRefunds('REJECTED');
    const refused = { kind: 'failed', reason: 'refund_rejected' };
    expect(await provider.refund(refundOf('refund-1'))).toEqual(refused);
  });
});
