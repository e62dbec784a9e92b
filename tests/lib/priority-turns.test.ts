import { createPriorityTurns, type TurnPriority } from '../../src/lib/priority-turns.ts';

describe('turns by priority', () => {
  /** Who gets a turn, in order, when all wait before the first is given back. */
  async function served(waiting: readonly TurnPriority[]): Promise<TurnPriority[]> {
    const turns = createPriorityTurns(1);
    const first = await turns.acquire('high');
    const order: TurnPriority[] = [];
    const all = waiting.map(async (priority) => {
      const release = await turns.acquire(priority);
      order.push(priority);
      release();
    });
    expect(turns.waiting()).toBe(waiting.length);
    first();
    await Promise.all(all);
    return order;
  }

  it('lets one of low priority move in every eight under a flood of high', async () => {
    const flood = Array.from({ length: 80 }, () => 'high' as const);
    const order = await served([...flood, 'low', 'low', 'low']);
    expect(order.indexOf('low')).toBeLessThan(8);
    expect(order.slice(0, 24).filter((priority) => priority === 'low')).toHaveLength(3);
  });

  it('serves the urgent ones first otherwise', async () => {
    expect(await served(['low', 'medium', 'high'])).toEqual(['high', 'medium', 'low']);
  });

  it('gives a turn back once', async () => {
    const turns = createPriorityTurns(1);
    const release = await turns.acquire('low');
    release();
    release();
    await turns.acquire('low');
    let isServed = false;
    void turns.acquire('low').then(() => (isServed = true));
    await Promise.resolve();
    expect(isServed).toBe(false);
  });
});
