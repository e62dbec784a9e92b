import { documentKey } from '../../../src/domain/kernel/names.ts';
import { comparePositions } from '../../../src/domain/kernel/position.ts';
import type {
  Checkpoint,
  CommitOutcome,
  DocumentWrite,
  ReadStore,
  StoredDocument,
} from '../../../src/ports/read-store.ts';
import { at, checkpointAt, SALES } from '../../contracts/read-store/documents.ts';

/** A toy log: event number n is at position n and touches one of so many documents. */
export interface ToyLog {
  readonly events: number;
  readonly documents: number;
}

/** The numbers of the events since the last deletion of the document, which show gaps. */
interface Body {
  readonly total: number;
  readonly numbers: readonly number[];
}

const keyOf = ({ documents }: ToyLog, event: number) => documentKey('s1', `n${event % documents}`);

/** Every eleventh event deletes its document. */
function evolve(body: Body | undefined, event: number): Body | undefined {
  if (event % 11 === 0) return undefined;
  const numbers = [...(body?.numbers ?? []), event];
  return { total: numbers.length, numbers };
}

/** The documents after folding everything once and in order. */
export function expectedDocuments(log: ToyLog): ReadonlyMap<string, Body> {
  const bodies = new Map<string, Body>();
  for (let event = 1; event <= log.events; event++) {
    const key = keyOf(log, event);
    const body = evolve(bodies.get(key), event);
    if (body) bodies.set(key, body);
    else bodies.delete(key);
  }
  return bodies;
}

/** The stored documents. */
export async function storedDocuments(store: ReadStore): Promise<ReadonlyMap<string, unknown>> {
  const found = new Map<string, unknown>();
  for (let after = ''; ;) {
    const page = await store.scan(SALES.name, after, 500);
    for (const { key, body } of page) found.set(key, body);
    const last = page.at(-1);
    if (!last) return found;
    after = last.key;
  }
}

function numberOf(checkpoint: Checkpoint | undefined): number {
  return checkpoint ? Number(checkpoint.position.commit) : 0;
}

/** Folds one batch on what is stored, as a projection does, and commits it. */
async function takeBatch(
  store: ReadStore,
  log: ToyLog,
  from: Checkpoint | undefined,
  size: number,
  beforeCommit: (done: number) => void,
): Promise<{ outcome: CommitOutcome; to: Checkpoint }> {
  const first = numberOf(from) + 1;
  const last = Math.min(first + size - 1, log.events);
  const events = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const keys = [...new Set(events.map((event) => keyOf(log, event)))];
  const known = new Map<string, StoredDocument | DocumentWrite>(await store.load(SALES.name, keys));
  const writes = new Map<string, DocumentWrite>();
  for (const event of events) {
    const key = keyOf(log, event);
    const before = known.get(key);
    if (before && comparePositions(before.position, at(event)) >= 0) continue;
    const body = evolve(before?.body as Body | undefined, event);
    const epoch = before?.epoch ?? 0;
    const write = { key, storeId: 's1', position: at(event), epoch, body };
    known.set(key, write);
    writes.set(key, write);
  }
  const to = checkpointAt(last);
  beforeCommit(first - 1);
  const outcome = await store.commit({
    documents: [{ collection: SALES, writes: [...writes.values()] }],
    checkpoints: [{ name: SALES.name, from, to }],
  });
  return { outcome, to };
}

export interface ToyProcessor {
  /** Folds from the stored checkpoint to the end of the log. Rejects when the store fails. */
  run(): Promise<void>;
  /** Repeats `run` until it succeeds. @returns how often it failed. */
  runThrough(): Promise<number>;
  /** Called before each batch. */
  beforeBatch: (done: number) => void;
  /** Called when a batch has been folded and is about to be written. */
  beforeCommit: (done: number) => void;
  /** Called when `runThrough` starts again. */
  afterFailure: () => void;
}

const MAX_FAILURES = 500;

/** Works like the runner of a projection, with its own batch size. */
export function createToyProcessor(store: ReadStore, log: ToyLog, size: number): ToyProcessor {
  const processor: ToyProcessor = {
    async run() {
      let checkpoint = await store.checkpoint(SALES.name);
      while (numberOf(checkpoint) < log.events) {
        processor.beforeBatch(numberOf(checkpoint));
        const { outcome, to } = await takeBatch(store, log, checkpoint, size, (done) =>
          processor.beforeCommit(done),
        );
        checkpoint = outcome.outcome === 'done' ? to : await store.checkpoint(SALES.name);
      }
    },
    async runThrough() {
      let last: unknown;
      for (let failures = 0; failures < MAX_FAILURES; failures++) {
        try {
          await processor.run();
          return failures;
        } catch (error) {
          last = error;
          processor.afterFailure();
        }
      }
      throw new Error('expected the toy processor to get through', { cause: last });
    },
    beforeBatch: () => undefined,
    beforeCommit: () => undefined,
    afterFailure: () => undefined,
  };
  return processor;
}
