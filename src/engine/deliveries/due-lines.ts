import type { DueEntry } from './due-entry.ts';

/** Deliveries of one channel with the same order key: only the first of a line is sent. */
export interface DueLines {
  join(entry: DueEntry): void;
  /** @returns the entry that is first now, when it was not before. */
  leave(entry: DueEntry): DueEntry | undefined;
  isFirst(entry: DueEntry): boolean;
}

interface Line {
  readonly members: Set<DueEntry>;
  /** In the order in which they joined. Those that left stay until they come to the front. */
  joined: DueEntry[];
  front: number;
}

/** Entries at the front that left are cut off at this number. */
const COMPACT_AT = 1_000;

export function createDueLines(): DueLines {
  const lines = new Map<string, Line>();
  const nameOf = ({ storeId, channel, orderKey }: DueEntry) =>
    orderKey === undefined ? undefined : `${storeId} ${channel} ${orderKey}`;

  return {
    join(entry) {
      const name = nameOf(entry);
      if (name === undefined) return;
      const line = lines.get(name) ?? { members: new Set(), joined: [], front: 0 };
      lines.set(name, line);
      line.members.add(entry);
      line.joined.push(entry);
    },
    leave(entry) {
      const name = nameOf(entry);
      const line = name === undefined ? undefined : lines.get(name);
      if (name === undefined || !line) return undefined;
      const wasFirst = firstOf(line) === entry;
      line.members.delete(entry);
      if (line.members.size === 0) lines.delete(name);
      return wasFirst ? firstOf(line) : undefined;
    },
    isFirst(entry) {
      const name = nameOf(entry);
      const line = name === undefined ? undefined : lines.get(name);
      return name === undefined || (line !== undefined && firstOf(line) === entry);
    },
  };
}

/** Not the first one of the set: to find it, a set passes over all that were removed before it. */
function firstOf(line: Line): DueEntry | undefined {
  for (; line.front < line.joined.length; line.front++) {
    const entry = line.joined[line.front];
    if (entry && line.members.has(entry)) return entry;
    if (line.front < COMPACT_AT) continue;
    line.joined = line.joined.slice(line.front + 1);
    line.front = -1;
  }
  return undefined;
}
