import { add, open, settle, take } from '../../support/counter-decider.ts';
import { again, createWorld, MODES } from './engine-world.ts';

const creating = { creates: true };

describe.each(MODES)('a command that makes its own entity ($name)', (mode) => {
  it('does not look at the log before it appends', async () => {
    const { run, log, stored } = createWorld(mode);
    let reads = 0;
    const readStream = log.readStream.bind(log);
    log.readStream = (...args) => {
      reads += 1;
      return readStream(...args);
    };
    await run('c0', open(), creating);
    expect(reads).toBe(0);
    expect(await stored()).toHaveLength(1);
  });

  it('is answered as the first time when it is repeated, by another process too', async () => {
    const { run, engine, stored } = createWorld(mode);
    const opened = await run('c0', open(), creating);
    expect(await run('c0', open(), creating)).toStrictEqual(again(opened));
    expect(await run('c0', open(), { ...creating, on: engine() })).toStrictEqual(again(opened));
    expect(await stored()).toHaveLength(1);
  });

  it('is decided on what is there when the entity exists after all', async () => {
    const { run, outcome, engine, stored } = createWorld(mode);
    await run('c0', open());
    await run('c1', add(5));
    const elsewhere = { ...creating, on: engine() };
    expect(await outcome('c2', open(), elsewhere)).toMatchObject({ code: 'account_exists' });
    expect((await run('c3', add(6), { ...creating, on: engine() })).state.total).toBe(11);
    expect(await stored()).toHaveLength(4);
  });

  it('that fails on an empty state is decided again on what the log holds', async () => {
    const { run, engine } = createWorld(mode);
    await run('c0', open());
    await run('c1', add(5));
    const result = await run('c2', take(2), { ...creating, on: engine() });
    expect(result.state.total).toBe(3);
  });

  it('that decides nothing is answered from the log', async () => {
    const { run, engine } = createWorld(mode);
    await run('c0', open());
    await run('c1', add(5));
    const result = await run('c2', settle(5), { ...creating, on: engine() });
    expect(result.revision).toBe(1);
    expect(result.events).toEqual([]);
  });
});
