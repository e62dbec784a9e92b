import type { TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

import { systemCipher } from '../../src/adapters/system/cipher.ts';
import type { NewEvent, RecordedEvent } from '../../src/domain/kernel/event.ts';
import { upcast } from '../../src/domain/kernel/event-types.ts';
import { createOpener } from '../../src/engine/personal-data/personal-data.ts';
import { eventTypesOf } from '../../src/features/event-types.ts';
import { features } from '../../src/features/index.ts';
import { openAccount, openShop, type Shop } from '../api/routes/support/shop.ts';
import { keyOf } from '../api/support/api-world.ts';
import { filesUnder } from '../architecture/project-files.ts';

/** An event as a released version wrote it, and as it is read today where that differs. */
interface Golden {
  readonly type: string;
  readonly version: number;
  readonly data: Readonly<Record<string, unknown>>;
  readonly today?: unknown;
  /** The key of the person whose data it holds encrypted, as hexadecimal digits. */
  readonly subjectKey?: string;
  /** That data as it is read. */
  readonly opened?: unknown;
}

const TYPES = eventTypesOf(features);
const files = filesUnder('tests/golden/events', '.json');
const goldens = files.map(({ text }) => JSON.parse(text) as Golden);

function stored(type: string, schemaVersion: number, data: unknown): NewEvent {
  const metadata = {
    storeId: 'a',
    commandId: `golden-${type}-${schemaVersion}`,
    fields: {},
    correlationId: 'golden',
    causationId: 'golden',
    actor: { kind: 'system' as const, id: 'golden' },
    schemaVersion,
  };
  return { id: `golden-${type}-${schemaVersion}`, type, data, metadata };
}

const recorded = ({ type, version, data }: Golden): RecordedEvent => ({
  ...stored(type, version, data),
  stream: 'order-a.1',
  revision: 0,
  position: { commit: 1n, prepare: 1n },
  recordedAt: '2025-01-01T00:00:00.000Z',
});

/** With its personal data decrypted, as every reader of the log has it. */
async function opened(golden: Golden): Promise<RecordedEvent> {
  const key = golden.subjectKey === undefined ? 'missing' : Buffer.from(golden.subjectKey, 'hex');
  const findAll = (subjects: readonly unknown[]) => Promise.resolve(subjects.map(() => key));
  const [event] = await createOpener(TYPES, systemCipher, { findAll }).open([recorded(golden)]);
  return event as RecordedEvent;
}

describe('Golden events', () => {
  it('are there for every version of every type that was ever written', () => {
    const expected = [...TYPES.values()].flatMap(({ type, version }) =>
      Array.from({ length: version }, (_, i) => `tests/golden/events/${type}.v${i + 1}.json`),
    );

    expect(files.map(({ path }) => path).sort()).toEqual(expected.sort());
  });

  it.each(goldens)('of $type, version $version, are read in the form of today', async (golden) => {
    const type = TYPES.get(golden.type);
    const event = upcast(TYPES, await opened(golden));

    expect(event.metadata.schemaVersion).toBe(type?.version);
    expect([...Value.Errors(type?.schema as TSchema, event.data)]).toEqual([]);
    const { opened: personal } = golden;
    const data = { ...golden.data, ...(personal !== undefined && { personal }) };
    expect(event.data).toEqual(golden.today ?? data);
    expect(golden.today !== undefined).toBe(golden.version !== type?.version);
  });
});

describe('Events of several versions', () => {
  let shop: Shop;
  let customerId: string;
  beforeEach(async () => {
    shop = await openShop();
    customerId = await openAccount(shop, { creditLimitMinor: 5_000 });
  });
  afterEach(() => shop.stop());

  const termsOf = (version: number) => {
    const golden = goldens.find(
      (one) => one.type === 'AccountTermsChanged' && one.version === version,
    );
    return { ...golden?.data, customerId };
  };
  const append = async (schemaVersion: number, data: unknown) => {
    const event = stored('AccountTermsChanged', schemaVersion, data);
    const { outcome } = await shop.world.log.append(`account-a.${customerId}`, 0, [event]);
    expect(outcome).toBe('done');
  };

  it('stand in one stream, are folded together and told in words', async () => {
    await append(1, termsOf(1));
    const changed = await shop.put(`/customers/${customerId}/terms`, { creditLimitMinor: 100 });
    expect(changed.status).toBe(200);
    const account = await shop.get(`/customers/${customerId}`);
    const history = await shop.get(`/history?entity=${customerId}`);
    const items = history.body['items'] as { schemaVersion: number; summary: string }[];

    expect(account.body).toMatchObject({ creditLimitMinor: 100, blockWhenOverdue: true });
    expect(items.map(({ schemaVersion }) => schemaVersion)).toEqual([2, 1, 2]);
    expect(items.map(({ summary }) => summary).slice(1)).toEqual([
      'Terms changed: limit 40.00 USD, blocked when overdue',
      'Terms changed: limit 1.00 USD, blocked when overdue (before: limit 40.00 USD, blocked when overdue)',
    ]);
  });

  it('block what folds them when one is unknown, in words, and nothing else', async () => {
    const from = shop.world.lines.length;
    await append(3, { ...termsOf(2), more: true });
    await shop.world.untilLogged(
      '"projection":"customer-accounts","type":"ProjectionBlocked"',
      from,
    );
    const answer = await shop.world.call('GET', '/projections', { key: keyOf('a', 'operator') });
    const items = answer.body['items'] as { name: string; state: string; blocked?: object }[];
    const stateOf = (name: string) => items.find((one) => one.name === name);

    expect(stateOf('customer-accounts')).toMatchObject({
      state: 'blocked',
      blocked: {
        eventId: 'golden-AccountTermsChanged-3',
        reason: expect.stringMatching(
          /AccountTermsChanged at version 2 or older \(a newer Tillstream wrote it: run that one\)/,
        ) as unknown,
      },
    });
    expect(stateOf('order-details')).toMatchObject({ state: 'live' });
    const refused = await shop.put(`/customers/${customerId}/terms`, { creditLimitMinor: 1 });
    expect([refused.status, refused.body['code']]).toEqual([409, 'unreadable_event']);
    const history = await shop.world.call('GET', '/history');
    expect(history.text).toContain('AccountTermsChanged, version 3: unknown to this version');
  });
});
