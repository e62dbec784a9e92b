import { subscriptionChannel } from '../../src/app/subscription-channel.ts';
import { UpstreamError } from '../../src/domain/kernel/errors.ts';

const MESSAGE = {
  ...{ key: 'key', reference: 'a.event-1', storeId: 'a', recipient: 'erp' },
  content: { body: '{"type":"order.placed"}' },
  signal: new AbortController().signal,
};

/** Found by the simulation: seed 252006359. */
describe('The channel of webhook subscriptions', () => {
  it('tries again when the log cannot be read, and is no bug', async () => {
    const channel = subscriptionChannel({
      commands: {
        load: () => Promise.reject(new UpstreamError('store_unavailable', 'the log is away')),
      },
      clock: { now: () => 0 },
      secrets: {
        secretOf: () => Promise.reject(new Error('expected no secret')),
        signing: () => Promise.reject(new Error('expected no secret')),
      },
      sender: { post: () => Promise.reject(new Error('expected no call')) },
    });
    expect(await channel.send(MESSAGE)).toMatchObject({
      ...{ outcome: 'failed', failureClass: 'retry', code: 'storage_unavailable' },
    });
  });
});
