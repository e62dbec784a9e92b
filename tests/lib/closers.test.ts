import { createClosers } from '../../src/lib/closers.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('closers', () => {
  it('close the newest first, each after the one before it has ended', async () => {
    const closers = createClosers();
    const log: string[] = [];
    for (const name of ['first', 'second', 'third']) {
      closers.add(async () => {
        log.push(`close ${name}`);
        await turn();
        log.push(`closed ${name}`);
      });
    }
    await closers.closeAll();
    expect(log).toEqual([
      'close third',
      'closed third',
      'close second',
      'closed second',
      'close first',
      'closed first',
    ]);
  });

  it('close everything once, also when called again meanwhile', async () => {
    const closers = createClosers();
    let closed = 0;
    closers.add(() => (closed += 1));
    await Promise.all([closers.closeAll(), closers.closeAll()]);
    await closers.closeAll();
    expect(closed).toBe(1);
  });

  it('stop at the first error and reject with it', async () => {
    const closers = createClosers();
    let closed = 0;
    closers.add(() => (closed += 1));
    closers.add(() => Promise.reject(new Error('no')));
    await expect(closers.closeAll()).rejects.toThrow('no');
    expect(closed).toBe(0);
  });
});
