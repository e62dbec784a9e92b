import { systemDigest } from '../../../src/adapters/system/digest.ts';
import { hashedText } from '../../../src/domain/sync/index.ts';

export type SentFact = Record<string, unknown> & {
  readonly id: string;
  readonly seq: number;
  readonly hash: string;
};

/** A till that numbers and chains its facts, as one that was paired does. */
export interface TestDevice {
  readonly deviceId: string;
  readonly epoch: string;
  /** The next fact; `more` replaces fields of it before it is hashed. */
  fact(type: string, data: unknown, more?: Record<string, unknown>): SentFact;
  sale(orderId: string, totalMinor: number, more?: Record<string, unknown>): SentFact;
}

/** The same fact with other content, hashed again. */
export function hashed(fact: Record<string, unknown>): SentFact {
  return { ...fact, hash: systemDigest.sha256(hashedText(fact)) } as unknown as SentFact;
}

export function createTestDevice(deviceId: string, epoch: string, businessDay: string): TestDevice {
  let seq = 0;
  let prev: string | undefined;
  function fact(type: string, data: unknown, more: Record<string, unknown> = {}): SentFact {
    seq += 1;
    const made = hashed({
      ...{ v: 1, id: `fact-${deviceId}-${epoch}-${seq}`, type, schema: 1 },
      ...{ deviceId, epoch, seq, ...(prev !== undefined && { prev }) },
      ...{ occurredAt: new Date().toISOString(), businessDay },
      actor: { id: 'ana' },
      data,
      ...more,
    });
    prev = made.hash;
    return made;
  }
  return {
    deviceId,
    epoch,
    fact,
    sale: (orderId, totalMinor, more = {}) =>
      fact('SaleCreated', {
        orderId,
        currency: 'USD',
        lines: [{ name: 'Goods', quantity: '1', unitPriceMinor: totalMinor }],
        totalMinor,
        payments: [{ paymentId: `pay-${orderId}`, method: 'cash', amountMinor: totalMinor }],
        ...more,
      }),
  };
}
