import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import { createExportedRecords } from '../../../src/app/audit-export/records.ts';
import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { eventTypes } from '../../../src/domain/kernel/event-types.ts';
import { documentKey } from '../../../src/domain/kernel/names.ts';
import { comparePositions, START } from '../../../src/domain/kernel/position.ts';
import type { Projection } from '../../../src/engine/projections/folding/projection.ts';
import { createFairTurns } from '../../../src/lib/fair-turns.ts';
import { someEvent, someMetadata } from '../../support/event-log.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

/** Three of them are more than one page of the audit trail reads. */
const LARGE = 'x'.repeat(900_000);

const notes: Projection = {
  name: 'notes',
  version: 1,
  collection: 'notes',
  indexes: [],
  categories: ['note'],
  keys: ({ metadata, stream }) => [documentKey(metadata.storeId, stream)],
  evolve: (_document, { data }) => data,
};

function openWorld() {
  const log = createMemoryEventLog({ clock: createFakeClock(), ids: systemIds });
  const records = createExportedRecords({
    log,
    types: eventTypes([{ type: 'Noted', version: 1, schema: {} }]),
    describe: ({ type }) => type,
    categories: ['note'],
    turns: createFairTurns(() => Promise.resolve()),
    policy: { rules: {}, models: new Map([['note', notes]]) },
    origins: { open: () => Promise.resolve(undefined) },
    severity: 'INFO',
  });
  const revisions = new Map<string, number>();
  async function append(id: string, type: string, data: object): Promise<void> {
    const metadata = someMetadata({ storeId: 'a' });
    const last = revisions.get(id) ?? -1;
    const event = { ...someEvent(data, { type }), metadata };
    await log.append(`note-a.${id}`, last < 0 ? 'no-stream' : last, [event]);
    revisions.set(id, last + 1);
  }
  async function exported() {
    const { events } = await log.readAll({ after: START, limit: 100 });
    const slices: { n: number | undefined; omitted?: true }[][] = [];
    for await (const slice of records.slicesOf('a', events)) slices.push(slice.map(summaryOf));
    return { events, slices };
  }
  return { append, exported };
}

function summaryOf({ text }: { readonly text: string }) {
  const { after, omitted } = JSON.parse(text) as { after: { n?: number } | null; omitted?: true };
  return { n: after?.n, ...(omitted && { omitted }) };
}

const inOrder = (events: readonly RecordedEvent[]) =>
  events.every(
    (e, i) => i === 0 || comparePositions(events[i - 1]?.position ?? START, e.position) < 0,
  );

describe('Exported audit records', () => {
  it('have their changes, however much there is to read, of one entity or many', async () => {
    const world = openWorld();
    for (let n = 0; n < 4; n++) await world.append(`s${n}`, 'Noted', { n, text: LARGE });
    for (let n = 4; n < 9; n++) await world.append('s3', 'Noted', { n, text: LARGE + String(n) });

    const { events, slices } = await world.exported();

    expect(inOrder(events)).toBe(true);
    expect(slices.flat()).toEqual(events.map((_event, n) => ({ n })));
    expect(slices.length).toBeGreaterThan(2);
    expect(Math.max(...slices.map((slice) => slice.length))).toBeLessThan(5);
  });

  it('are exported without changes only where this version cannot read the entity', async () => {
    const world = openWorld();
    await world.append('new', 'OfALaterVersion', { n: 0 });
    for (let n = 1; n < 4; n++) await world.append(`s${n}`, 'Noted', { n, text: LARGE });
    await world.append('new', 'Noted', { n: 4 });
    await world.append('s5', 'Noted', { n: 5, text: LARGE });

    const { slices } = await world.exported();

    expect(slices.flat()).toEqual([
      { omitted: true },
      { n: 1 },
      { n: 2 },
      { n: 3 },
      { omitted: true },
      { n: 5 },
    ]);
  });
});
