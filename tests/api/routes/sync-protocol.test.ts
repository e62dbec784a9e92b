import { systemDigest } from '../../../src/adapters/system/digest.ts';
import { canonicalText } from '../../../src/lib/canonical-json.ts';
import { readProjectFile } from '../../architecture/project-files.ts';
import { createTestDevice } from '../../support/sync/device.ts';
import { openShop, type Shop } from './support/shop.ts';

const page = readProjectFile('docs/how-to/write-a-till-client.md');

/** The example with that name. */
function example(name: string): string {
  const found = new RegExp('```\\w+ ' + name + '\\n([^`]*)```').exec(page)?.[1];
  if (found === undefined) throw new Error(`expected an example ${name}`);
  return found.trim();
}
const json = (name: string) => JSON.parse(example(name)) as Record<string, unknown>;

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.stop());

describe('The page about till clients', () => {
  it('shows the canonical text of its fact, and the hash of that', () => {
    const { hash, ...rest } = json('fact');

    expect(canonicalText(rest)).toBe(example('canonical'));
    expect(systemDigest.sha256(example('canonical'))).toBe(hash);
  });

  it('has a first message that is answered, and a push that books its fact', async () => {
    const hello = await shop.post('/sync/hello', json('hello'));
    const pushed = await shop.post('/sync/push', { ...json('push'), facts: [json('fact')] });

    expect(hello).toMatchObject({ status: 200, body: { epochState: 'ok' } });
    expect(pushed.body).toMatchObject({
      items: [{ status: 'accepted' }],
      kept: { through: 1, ranges: [] },
    });
    expect((await shop.get('/orders/sale-0001')).body).toMatchObject({ paidMinor: 440 });
  });

  it('has a change of what others write too, that is merged', async () => {
    const { deviceId, epoch } = { deviceId: 'till-2', epoch: '0a1b2c3d' };
    const device = createTestDevice(deviceId, epoch, '2026-11-30');
    const fact = device.fact('FieldsChanged', json('changes'));
    const pushed = await shop.post('/sync/push', { deviceId, epoch, facts: [fact] });

    expect(pushed.body).toMatchObject({ items: [{ status: 'accepted' }] });
    expect((await shop.get('/sync/entities/order:table-4-evening')).body).toMatchObject({
      fields: { note: 'no nuts', lines: { [`${fact.id}#0`]: { name: 'Soup', quantity: '1' } } },
    });
  });
});
