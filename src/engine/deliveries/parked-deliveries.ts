/** Those beyond are not counted, so that the memory has a bound. */
const MAX_PARKED = 100_000;

/** A delivery that waits for a decision of a person, as the read model knows it. */
export interface ParkedDelivery {
  /** Its stream. */
  readonly key: string;
  readonly channel: string;
  readonly revision: number;
}

/** The parked deliveries, which are no work of the index: only their number is shown. */
export interface ParkedDeliveries {
  add(parked: ParkedDelivery): void;
  remove(key: string): void;
  /** The revision at which it was parked. */
  revisionOf(key: string): number | undefined;
  /** How many there are, by channel. */
  counts(): ReadonlyMap<string, number>;
}

export function createParkedDeliveries(limit = MAX_PARKED): ParkedDeliveries {
  const all = new Map<string, ParkedDelivery>();
  const counts = new Map<string, number>();

  function remove(key: string): void {
    const parked = all.get(key);
    if (!parked) return;
    all.delete(key);
    counts.set(parked.channel, (counts.get(parked.channel) ?? 0) - 1);
  }

  return {
    add(parked) {
      const { key, channel } = parked;
      remove(key);
      if (all.size >= limit) return;
      all.set(key, parked);
      counts.set(channel, (counts.get(channel) ?? 0) + 1);
    },
    remove,
    revisionOf: (key) => all.get(key)?.revision,
    counts: () => counts,
  };
}
