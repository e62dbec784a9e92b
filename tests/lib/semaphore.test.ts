import { createSemaphore } from '../../src/lib/semaphore.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

function acquireAll(names: readonly string[], semaphore: ReturnType<typeof createSemaphore>) {
  const acquired: string[] = [];
  const releases = new Map<string, () => void>();
  for (const name of names) {
    void semaphore.acquire().then((release) => {
      acquired.push(name);
      releases.set(name, release);
    });
  }
  return { acquired, release: (name: string) => releases.get(name)?.() };
}

describe('a semaphore', () => {
  it('gives no more permits than it has, to waiting callers in order', async () => {
    const { acquired, release } = acquireAll(['a', 'b', 'c', 'd'], createSemaphore(2));
    await turn();
    expect(acquired).toEqual(['a', 'b']);
    release('b');
    await turn();
    expect(acquired).toEqual(['a', 'b', 'c']);
    release('a');
    await turn();
    expect(acquired).toEqual(['a', 'b', 'c', 'd']);
  });

  it('counts a permit that is released twice once', async () => {
    const semaphore = createSemaphore(1);
    const release = await semaphore.acquire();
    release();
    release();
    const { acquired } = acquireAll(['a', 'b'], semaphore);
    await turn();
    expect(acquired).toEqual(['a']);
  });
});
