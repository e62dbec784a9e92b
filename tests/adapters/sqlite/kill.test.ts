import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { openSqliteEventLog } from '../../../src/adapters/sqlite/event-log.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import type { NewEvent, RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { START } from '../../../src/domain/kernel/position.ts';
import type { EventLog, ExpectedRevision } from '../../../src/ports/event-log.ts';
import { appendDone, readToHead } from '../../support/event-log.ts';
import { type Child, startChild } from './child-process.ts';
import { temporaryFolder } from './temporary-log.ts';

const SCRIPT = './append-loop.child.ts';
const BATCH = 3;
/** Several processes start one after the other. */
const TIMEOUT_MS = 30_000;

interface Given {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly NewEvent[];
}

interface Report {
  /** Announced appends by the id of the first event. */
  readonly given: ReadonlyMap<string, Given>;
  /** Known outcomes, by the same id. */
  readonly answers: ReadonlyMap<string, string>;
}

function reportOf({ lines }: Pick<Child, 'lines'>): Report {
  const given = new Map<string, Given>();
  const answers = new Map<string, string>();
  for (const text of lines) {
    const line = JSON.parse(text) as Given & { kind: string; ids?: string[] };
    if (line.kind === 'given') given.set(line.events[0]?.id ?? '', line);
    else if (line.ids) answers.set(line.ids[0] ?? '', line.kind);
  }
  return { given, answers };
}

function byStream(events: readonly RecordedEvent[]): Map<string, RecordedEvent[]> {
  const streams = new Map<string, RecordedEvent[]>();
  for (const event of events) {
    const known = streams.get(event.stream);
    if (known) known.push(event);
    else streams.set(event.stream, [event]);
  }
  return streams;
}

/** Every acknowledged batch is stored once, and every other one completely or not at all. */
function expectConsistent(events: readonly RecordedEvent[], { given, answers }: Report): void {
  const ids = events.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [stream, own] of byStream(events)) {
    expect(own.map(({ revision }) => revision)).toEqual(own.map((_, i) => i));
    for (let i = 0; i < own.length; i += BATCH) {
      const batch = given.get(own[i]?.id ?? '');
      const stored = own.slice(i, i + BATCH).map(({ id, data }) => ({ id, data }));
      expect(batch?.stream).toBe(stream);
      expect(stored).toEqual(batch?.events.map(({ id, data }) => ({ id, data })));
    }
  }
  const stored = new Set(ids);
  const acknowledged = [...answers].filter(([, kind]) => kind === 'done').map(([id]) => id);
  expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
}

describe('the SQLite event log after its process was killed', () => {
  let folder: string;
  let path: string;
  const children: Child[] = [];
  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder, 'log.db');
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await child.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  function start(maxFileBlocks?: number): Child {
    const child = startChild(SCRIPT, [path], maxFileBlocks === undefined ? {} : { maxFileBlocks });
    children.push(child);
    return child;
  }

  async function reopened(use: (log: EventLog) => Promise<void>): Promise<void> {
    const log = openSqliteEventLog({ path, clock: systemClock, ids: systemIds });
    await use(log);
    await log.close();
  }

  async function expectRepeatsDoneOnce(log: EventLog, report: Report): Promise<void> {
    const open = [...report.given].filter(([id]) => report.answers.get(id) !== 'done');
    for (const [, { stream, expected, events }] of open) {
      await appendDone(log, stream, expected, events);
    }
    const { events } = await readToHead(log, { after: START });
    expectConsistent(events, report);
    expect(events).toHaveLength(report.given.size * BATCH);
  }

  it(
    'holds once and whole what was acknowledged before each of several kills',
    async () => {
      const given = new Map<string, Given>();
      const answers = new Map<string, string>();
      for (const acknowledged of [1, 120, 400]) {
        const child = start();
        await child.printed(acknowledged, (line) => line.startsWith('{"kind":"done"'));
        await child.kill();
        const report = reportOf(child);
        for (const [id, append] of report.given) given.set(id, append);
        for (const [id, kind] of report.answers) answers.set(id, kind);
        await reopened(async (log) => {
          const { events } = await readToHead(log, { after: START });
          expectConsistent(events, { given, answers });
        });
      }
      expect(answers.size).toBeGreaterThanOrEqual(521);
      await reopened((log) => expectRepeatsDoneOnce(log, { given, answers }));
    },
    TIMEOUT_MS,
  );

  it(
    'answers unknown when the disk is full, and done once when that is repeated',
    async () => {
      const child = start(800);
      await child.ended;
      const report = reportOf(child);
      const kinds = [...report.answers.values()];
      expect(kinds.filter((kind) => kind === 'done').length).toBeGreaterThan(0);
      expect(kinds.slice(-8)).toEqual(Array.from({ length: 8 }, () => 'unknown'));
      // It kept reading after the failure, and then ended by itself.
      expect(JSON.parse(child.lines.at(-1) ?? '')).toMatchObject({ kind: 'head' });
      await reopened((log) => expectRepeatsDoneOnce(log, report));
    },
    TIMEOUT_MS,
  );
});
