import { randomUUID } from 'node:crypto';

import type { Json } from '../../../src/domain/kernel/event.ts';
import {
  appendDone,
  range,
  someEvent,
  someMetadata,
  uniqueStream,
} from '../../support/event-log.ts';
import type { Contract } from './suite.ts';

const DEPTH = 200;

/** Arrays and objects in turn, `depth` of them around one number. */
function nested(depth: number): Json {
  return range(depth).reduce<Json>((inner, i) => (i % 2 === 0 ? [inner] : { inner }), 1);
}

const TEXTS: Readonly<Record<string, string>> = {
  emoji: 'café 👩🏽‍🍳 × 2 🧾',
  'right-to-left text': 'شكرا לחיים \u202eabc\u202c',
  'combining marks, not normalised': 'e\u0301 \u00e9 \u1100\u1161',
  'control characters': range(31, 1)
    .map((code) => String.fromCharCode(code))
    .join(''),
  'lone surrogates': 'a\ud83dz\udc00',
  'line separators and a byte order mark': '\u2028\u2029\ufeff\u0085\u007f',
  'quotes and backslashes': `"'\\\\n\\u0041\${x}%s;--`,
  'an empty text': '',
};

const DATA: Readonly<Record<string, unknown>> = {
  'deep JSON': nested(DEPTH),
  'big and small numbers': [
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
    2 ** 63,
    1e21,
    Number.MAX_VALUE,
    Number.MIN_VALUE,
    0.1 + 0.2,
    -1.5e-7,
  ],
  'big numbers as text': ['9007199254740993', '0.10', '1e3'],
  'keys in the order given': { z: 1, a: 2, B: 3, 'a.b': 4, $: 5, '': 6 },
  'keys that objects inherit': JSON.parse('{"__proto__":{"x":1},"constructor":2}') as unknown,
  'null and empty values': { nothing: null, list: [], object: {}, no: false, zero: 0 },
  'a bare text': 'text',
  'a bare null': null,
};

export function describeContent({ log }: Contract): void {
  it('keeps when an event was recorded first that is carried over from another log', async () => {
    const stream = uniqueStream();
    const recordedAt = '2024-02-29T23:59:59.123Z';
    const carried = { ...someEvent({ n: 1 }), recordedAt };
    await appendDone(log(), stream, 'no-stream', [carried, someEvent({ n: 2 })]);
    const [first, second] = await log().readStream(stream);

    expect(first).toEqual({ ...carried, stream, revision: 0, position: first?.position });
    expect(second?.recordedAt).not.toBe(recordedAt);
  });

  it('reads back every field as it was appended', async () => {
    const stream = uniqueStream();
    const event = someEvent(
      { amountMinor: 1250, currency: 'MXN' },
      {
        id: randomUUID(),
        type: 'SaleRecorded',
        metadata: {
          storeId: 's1',
          branchId: 'branch-ñ',
          commandId: 'command-🧾',
          fields: { amount: 'ab12', lines: 'cd34' },
          correlationId: 'correlation-7',
          causationId: 'causation-7',
          actor: { kind: 'device', id: 'till-3' },
          deviceId: 'till-3',
          occurredAt: '2025-02-28T23:59:59.999Z',
          schemaVersion: 3,
        },
      },
    );
    const { position } = await appendDone(log(), stream, 'no-stream', [event]);
    const [stored] = await log().readStream(stream);
    const { recordedAt = '' } = stored ?? {};
    expect(stored).toEqual({ ...event, stream, revision: 0, position, recordedAt });
    expect(await log().readAt(position)).toEqual(stored);
    expect(recordedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/);
  });

  for (const [what, text] of Object.entries(TEXTS)) {
    it(`keeps ${what} in data, keys and metadata`, async () => {
      const stream = uniqueStream();
      const metadata = someMetadata({ correlationId: text, fields: { [text]: text } });
      const event = someEvent({ text, [text]: [text] }, { metadata });
      await appendDone(log(), stream, 'no-stream', [event]);
      const [stored] = await log().readStream(stream);
      expect(JSON.stringify(stored?.data)).toBe(JSON.stringify(event.data));
      expect((stored?.data as { text: string }).text).toBe(text);
      expect(JSON.stringify(stored?.metadata)).toBe(JSON.stringify(metadata));
    });
  }

  for (const [what, data] of Object.entries(DATA)) {
    it(`keeps ${what} byte for byte`, async () => {
      const stream = uniqueStream();
      await appendDone(log(), stream, 'no-stream', [someEvent(data)]);
      const [stored] = await log().readStream(stream);
      expect(stored).toBeDefined();
      expect(JSON.stringify(stored?.data)).toBe(JSON.stringify(data));
    });
  }

  it('gives each reader an event of its own', async () => {
    const stream = uniqueStream();
    await appendDone(log(), stream, 'no-stream', [someEvent({ n: 1 })]);
    const [first] = await log().readStream(stream);
    (first?.data as { n: number }).n = 2;
    const [second] = await log().readStream(stream);
    expect(second?.data).toEqual({ n: 1 });
  });
}
