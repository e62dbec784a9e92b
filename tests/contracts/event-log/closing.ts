import { START } from '../../../src/domain/kernel/position.ts';
import {
  appendDone,
  range,
  someEvents,
  uniqueCategory,
  uniqueStream,
} from '../../support/event-log.ts';
import type { Contract } from './suite.ts';

export function describeClosing({ openOwn, follow }: Contract): void {
  it('ends its subscriptions without an error when it is closed', async () => {
    const { log } = await openOwn();
    const category = uniqueCategory();
    await appendDone(log, uniqueStream(category), 'no-stream', someEvents(2));
    const followers = [
      follow({ after: START, categories: [category] }, log),
      follow({ after: await log.head(), categories: [uniqueCategory()] }, log),
    ];
    for (const follower of followers) {
      await follower.until(() => follower.messages.some(({ kind }) => kind === 'caught-up'));
    }
    await log.close();
    for (const { ended } of followers) await expect(ended).resolves.toBeUndefined();
    expect(followers[0]?.events).toHaveLength(2);
  });

  it('refuses appends after it was closed as failed and retryable', async () => {
    const { log } = await openOwn();
    await log.close();
    const outcome = await log.append(uniqueStream(), 'no-stream', someEvents(1));
    expect(outcome).toMatchObject({ outcome: 'failed', reason: 'unavailable', retryable: true });
    expect(outcome.outcome === 'failed' && outcome.error).toBeInstanceOf(Error);
  });

  it('answers no ping after it was closed', async () => {
    const { log } = await openOwn();
    await expect(log.ping()).resolves.toBeUndefined();
    await log.close();
    await expect(log.ping()).rejects.toThrow();
  });

  it('can be closed twice, also at once', async () => {
    const { log } = await openOwn();
    await expect(Promise.all([log.close(), log.close()])).resolves.toBeDefined();
    await expect(log.close()).resolves.toBeUndefined();
  });

  it('leaves no append without an answer when it is closed', async () => {
    const { log } = await openOwn();
    const appends = range(50).map(() => log.append(uniqueStream(), 'no-stream', someEvents(2)));
    await log.close();
    const outcomes = await Promise.all(appends);
    expect(outcomes.map(({ outcome }) => outcome)).not.toContain('conflict');
    expect(outcomes).toHaveLength(50);
  });
}
