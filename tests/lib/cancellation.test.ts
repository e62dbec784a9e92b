import { systemClock } from '../../src/adapters/system/clock.ts';
import { createCancelController } from '../../src/lib/cancellation.ts';

describe('an ending', () => {
  it('calls all that listen, once, also those who leave or come meanwhile', () => {
    const ending = createCancelController();
    const called: string[] = [];
    const left = () => called.push('left');
    ending.addEventListener('abort', () => called.push('first'));
    ending.addEventListener('abort', left);
    ending.addEventListener('abort', () => {
      called.push('second');
      ending.addEventListener('abort', () => called.push('too late'));
    });
    ending.removeEventListener('abort', left);
    expect(ending.aborted).toBe(false);
    ending.cancel();
    ending.cancel();
    expect(ending.aborted).toBe(true);
    expect(called).toEqual(['first', 'second']);
  });

  it('ends a sleep, before it has begun as well', async () => {
    const ending = createCancelController();
    const long = systemClock.sleep(1_000_000, ending);
    ending.cancel();
    await long;
    await systemClock.sleep(1_000_000, ending);
    expect(ending.aborted).toBe(true);
  });
});
