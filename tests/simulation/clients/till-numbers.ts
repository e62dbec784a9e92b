import type { SimNode } from '../nodes/node.ts';
import { keyOf } from '../nodes/shops.ts';
import type { Prng } from '../world/prng.ts';
import type { Life } from '../world/task-queue.ts';
import type { TillRange } from './tills.ts';
import type { Wire } from './wire.ts';

/** The series from which the tills of a shop take their numbers. */
export const SERIES = 'receipts';
const QUANTITY = 5;

interface TillNumbersOptions {
  readonly name: string;
  readonly shop: string;
  readonly rnd: Prng;
  readonly life: Life;
  readonly nodes: readonly SimNode[];
  readonly wire: Wire;
  readonly ranges: TillRange[];
}

export interface TillNumbers {
  /** The next number that the till holds; undefined: it holds none, and sells all the same. */
  take(): number | undefined;
  /** Asks for a range when it holds few. */
  refill(): Promise<void>;
}

/** The fiscal numbers of one till, whose answers may get lost. */
export function createTillNumbers(options: TillNumbersOptions): TillNumbers {
  const { name, shop, rnd, life, nodes, wire, ranges } = options;
  const held: number[] = [];
  let holdsThrough = 0;
  let isOpen = false;

  const post = (url: string, role: 'till' | 'manager', body: object) =>
    wire.send(life, rnd.pick(nodes), {
      method: 'POST',
      url,
      headers: {
        authorization: `Bearer ${keyOf(shop, role)}`,
        'content-type': 'application/json',
        'idempotency-key': rnd.uuid(),
      },
      body: JSON.stringify(body),
    });

  return {
    take: () => held.shift(),
    async refill() {
      if (held.length > 1) return;
      if (!isOpen) {
        // Another till may have opened it.
        const opened = await post('/fiscal/series', 'manager', { seriesId: SERIES });
        isOpen = opened?.status === 201 || opened?.status === 409;
        return;
      }
      const asked = { seriesId: SERIES, deviceId: name, quantity: QUANTITY, holdsThrough };
      const answer = await post('/fiscal/reserve-range', 'till', asked);
      if (answer?.status !== 201) return;
      const { rangeStart: from, rangeEnd: to } = JSON.parse(answer.body) as {
        readonly rangeStart: number;
        readonly rangeEnd: number;
      };
      ranges.push({ shop, deviceId: name, from, to });
      holdsThrough = to;
      for (let n = from; n <= to; n++) held.push(n);
    },
  };
}
