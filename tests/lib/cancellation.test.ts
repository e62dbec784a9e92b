import { systemClock } from '../../src/adapters/system/clock.ts';
import { createCancelController } from '../../src/lib/cancellation.ts';

describe('a cancel signal', () => {
  it('calls each listener once, but none that was removed or added too late', () => {
    const signal = createCancelController();
    const called: string[] = [];
    const left = () => called.push('left');
    signal.addEventListener('abort', () => called.push('first'));
    signal.addEventListener('abort', left);
    signal.addEventListener('abort', () => {
      called.push('second');
      signal.addEventListener('abort', () => called.push('too late'));
    });
    signal.removeEventListener('abort', left);
    expect(signal.aborted).toBe(false);
    signal.cancel();
    signal.cancel();
    expect(signal.aborted).toBe(true);
    expect(called).toEqual(['first', 'second']);
  });

  it('ends a sleep, also one that begins after it was cancelled', async () => {
    const signal = createCancelController();
    const long = systemClock.sleep(1_000_000, signal);
    signal.cancel();
    await long;
    await systemClock.sleep(1_000_000, signal);
    expect(signal.aborted).toBe(true);
  });
});
