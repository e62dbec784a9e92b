import { createApiClient } from '../../src/cli/api-client.ts';
import { listProcesses, operateProcess, showProcess } from '../../src/cli/processes/operations.ts';
import { streamName } from '../../src/domain/kernel/names.ts';
import { PROCESS_CATEGORY } from '../../src/domain/kernel/processes/events.ts';
import { openShop, type Shop } from '../api/routes/support/shop.ts';
import { keyOf } from '../api/support/api-world.ts';
import { readProjectFile } from '../architecture/project-files.ts';

const NOW = Date.UTC(2100, 0, 1);
let shop: Shop;

/** Appends golden events to the stream of a process of the shop. */
async function appendGolden(...types: readonly string[]): Promise<void> {
  const stream = streamName(PROCESS_CATEGORY, 'a', 'parcel:o1');
  const events = types.map((type) => {
    const text = readProjectFile(`tests/golden/events/${type}.v1.json`);
    const { data } = JSON.parse(text) as { readonly data: object };
    const metadata = {
      storeId: 'a',
      commandId: type,
      fields: {},
      correlationId: 'golden',
      causationId: 'golden',
      actor: { kind: 'process' as const, id: 'parcel' },
      schemaVersion: 1,
    };
    return { id: `golden-${type}`, type, data: { ...data, instance: 'o1' }, metadata };
  });
  await shop.world.log.append(stream, 'no-stream', events);
  await shop.world.caughtUp();
}

beforeAll(async () => {
  shop = await openShop();
  await appendGolden('ProcessReacted', 'ProcessStuck');
});
afterAll(() => shop.stop());

function printing(json: boolean) {
  const printed: string[] = [];
  const client = createApiClient(shop.world.url, keyOf('a'));
  return { client, json, now: NOW, out: (text: string) => printed.push(text), printed };
}

describe('tillstream processes', () => {
  it('lists processes with their state, and filters them', async () => {
    const to = printing(false);
    await listProcesses(to, { status: 'stuck' }, 10);
    expect(to.printed.join('')).toMatch(/^parcel:o1 {2}stuck {2}packing {2}started \d+ h ago/);
    const none = printing(false);
    await listProcesses(none, { process: 'other' }, 10);
    expect(none.printed).toEqual(['no processes\n']);
  });

  it('shows what a process waits for and why it is stuck', async () => {
    const to = printing(false);
    await showProcess(to, 'parcel:o1');
    const text = to.printed.join('');
    expect(text).toContain('waits for the carrier');
    expect(text).toContain('timer  deadline, due 2026-11-24T10:10:00.000Z');
    expect(text).toContain('stuck  pack after 8 attempts: no paper');
  });

  it('passes on that there is no such process', async () => {
    const to = printing(true);
    await expect(showProcess(to, 'parcel:none')).rejects.toThrow('process_not_found');
    await expect(operateProcess(to, 'other:none', 'retry')).rejects.toThrow('process_not_found');
  });
});
