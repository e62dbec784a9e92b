import type { DueEntry } from './due-entry.ts';

/** Deliveries of one channel with the same order key: only the first of a line is sent. */
export interface DueLines {
  join(entry: DueEntry): void;
  /** @returns the entry that is first now, when it was not before. */
  leave(entry: DueEntry): DueEntry | undefined;
  isFirst(entry: DueEntry): boolean;
}

export function createDueLines(): DueLines {
  const lines = new Map<string, DueEntry[]>();
  const nameOf = ({ storeId, channel, orderKey }: DueEntry) =>
    orderKey === undefined ? undefined : `${storeId} ${channel} ${orderKey}`;

  return {
    join(entry) {
      const name = nameOf(entry);
      if (name !== undefined) lines.set(name, [...(lines.get(name) ?? []), entry]);
    },
    leave(entry) {
      const name = nameOf(entry);
      const line = name === undefined ? undefined : lines.get(name);
      if (name === undefined || !line) return undefined;
      const rest = line.filter((other) => other !== entry);
      if (rest.length > 0) lines.set(name, rest);
      else lines.delete(name);
      return line[0] === entry ? rest[0] : undefined;
    },
    isFirst(entry) {
      const name = nameOf(entry);
      return name === undefined || lines.get(name)?.[0] === entry;
    },
  };
}
