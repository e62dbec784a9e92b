import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import type { CreateChecker } from './checker.ts';

interface GrantedEvent {
  readonly seriesId: string;
  readonly deviceId: string;
  readonly from: number;
  readonly to: number;
}
interface IssuedEvent {
  readonly number: number;
  readonly documentId: string;
}

/**
 * Rules of fiscal numbers: no number is given to two devices, a device gets only what the log has
 * as its own, and the number of each sale is issued for that sale, once.
 */
export const fiscalRules: CreateChecker = ({ servers, tills }, fail) => {
  const holders = new Map<string, string>();
  const issued = new Map<string, string[]>();
  const nameOf = (shop: string, number: number) => `${shop} ${number}`;
  let seen = 0;

  function note({ type, metadata, data }: RecordedEvent): void {
    const { storeId } = metadata;
    if (type === 'FiscalRangeGranted') {
      const { deviceId, from, to } = data as GrantedEvent;
      for (let number = from; number <= to; number++) {
        const name = nameOf(storeId, number);
        const holder = holders.get(name);
        if (holder !== undefined) {
          fail('fiscal-number-once', `${name} was given to ${holder} and to ${deviceId}`);
        }
        holders.set(name, deviceId);
      }
    } else if (type === 'FiscalNumberRepeated') {
      fail('fiscal-number-once', `${JSON.stringify(data)} repeats a number`);
    } else if (type === 'FiscalNumberIssued' || type === 'FiscalNumberCorrected') {
      const { number, documentId } = data as IssuedEvent;
      const name = nameOf(storeId, number);
      issued.set(name, [...(issued.get(name) ?? []), documentId]);
    }
  }

  let checked = 0;
  return {
    onStep() {
      for (; seen < servers.recorded.length; seen++) note(servers.recorded[seen] as RecordedEvent);
      for (; checked < tills.ranges.length; checked++) {
        const { shop, deviceId, from } = tills.ranges[checked] as (typeof tills.ranges)[number];
        if (holders.get(nameOf(shop, from)) === deviceId) continue;
        fail('fiscal-number-once', `${deviceId} got number ${from}, which is not its own`);
      }
    },
    atEnd() {
      for (const { shop, number, orderId } of tills.facts) {
        if (number === undefined) continue;
        const documents = issued.get(nameOf(shop, number)) ?? [];
        if (documents.length === 1 && documents[0] === orderId) continue;
        fail('fiscal-number-fate', `number ${number} of ${orderId} is of ${documents.join(', ')}`);
      }
    },
  };
};
