import { jest } from '@jest/globals';

import { createApiClient } from '../../src/cli/api-client.ts';
import {
  listProjections,
  type OperationOptions,
  runOperation,
} from '../../src/cli/projections/operations.ts';
import { rebuildProjections } from '../../src/cli/projections/rebuild.ts';
import { checkProjections } from '../../src/cli/projections/verify.ts';
import { type ApiWorld, keyOf, openWorld, someNote } from '../api/support/api-world.ts';

let world: ApiWorld;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.stop());

function options(json = false) {
  const printed: string[] = [];
  const shown: string[] = [];
  let nowMs = 0;
  const given: OperationOptions = {
    client: createApiClient(world.url, keyOf('a', 'operator')),
    json,
    out: (text) => printed.push(text),
    err: (text) => shown.push(text),
    terminal: false,
    now: () => (nowMs += 1_000),
    pause: () => world.caughtUp(),
  };
  return { given, text: () => printed.join(''), progress: () => shown.join('') };
}

const linesOf = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** Changes the text of a note in the read model, behind everybody's back. */
async function damage(noteId: string, text: string): Promise<void> {
  const { readStore, projections } = world.app.services;
  const name = projections.serving('notes') ?? '';
  const stored = await readStore.load(name, [`a.${noteId}`]);
  const document = stored.get(`a.${noteId}`);
  if (!document) throw new Error('expected the note to be there');
  const body = { ...(document.body as object), text };
  await readStore.commit({
    documents: [{ collection: { name, indexes: [] }, writes: [{ ...document, epoch: 9, body }] }],
    checkpoints: [],
  });
}

/** Lets an audit come to the documents of its read model and wait there until it is released. */
async function holdingScans(
  during: (reached: Promise<void>, release: () => void) => Promise<void>,
): Promise<void> {
  const { readStore } = world.app.services;
  let atScan = (): void => undefined;
  let release = (): void => undefined;
  const reached = new Promise<void>((resolve) => (atScan = resolve));
  const released = new Promise<void>((resolve) => (release = resolve));
  const scan = jest.spyOn(readStore, 'scan').mockImplementationOnce(async (...args) => {
    atScan();
    await released;
    return readStore.scan(...args);
  });
  await during(reached, release);
  scan.mockRestore();
}

describe('tillstream projections', () => {
  it('lists each with its state, and what blocks one', async () => {
    await someNote(world);
    await world.caughtUp();
    const to = options();
    await listProjections(to.given);
    expect(to.text()).toMatch(/^notes {2}live {9}v1 g1 {2}at \d+\.\d+ {2}no lag\n$/);
    await someNote(world, 'poison');
    await world.caughtUp();
    const blocked = options();
    await listProjections(blocked.given);
    expect(blocked.text()).toMatch(/^notes {2}blocked .+ \d events, \d+ s behind\n/);
    expect(blocked.text()).toMatch(/\n +stopped at event [0-9a-f-]{36}: poison\n$/);
    const json = options(true);
    await listProjections(json.given);
    expect(JSON.parse(json.text())).toMatchObject([{ name: 'notes', state: 'blocked' }]);
  });

  it('rebuilds, shows the progress, and ends when the new generation is serving', async () => {
    for (const text of ['one', 'two', 'three']) await someNote(world, text);
    await world.caughtUp();
    const to = options();
    const code = await rebuildProjections(to.given, {
      name: 'all',
      reason: 'a test',
      version: undefined,
    });
    expect(code).toBe(0);
    expect(to.text()).toMatch(/^notes: rebuilt, generation 2 is serving, after \d+(\.\d)? s\n$/);
    const json = options(true);
    const again = { name: 'notes', reason: 'once more', version: 1 };
    expect(await rebuildProjections(json.given, again)).toBe(0);
    expect(linesOf(json.text()).at(-1)).toMatchObject({
      name: 'notes',
      outcome: 'rebuilt',
      generation: 3,
    });
  });

  it('rejects a rebuild of an unknown model or of another version, and starts nothing', async () => {
    const { given } = options();
    const reason = 'a test';
    const unknown = rebuildProjections(given, { name: 'nothing', reason, version: undefined });
    await expect(unknown).rejects.toThrow('expected a read model, found nothing: there are notes');
    const newer = rebuildProjections(given, { name: 'notes', reason, version: 7 });
    await expect(newer).rejects.toThrow('expected notes at version 7, found 1');
    await world.caughtUp();
    expect(world.app.services.projections.report()[0]?.generation).toBe(1);
  });

  it('ends a rebuild that an event blocks with what to look at', async () => {
    await someNote(world, 'poison');
    await world.caughtUp();
    const to = options();
    const blocked = { name: 'notes', reason: 'a test', version: undefined };
    expect(await rebuildProjections(to.given, blocked)).toBe(1);
    expect(to.text()).toContain('notes: blocked, generation 1 is serving');
  });

  it('verifies without a change, naming document, field, expected and found, then heals', async () => {
    const { noteId } = await someNote(world, 'right');
    await world.caughtUp();
    await damage(noteId, 'wrong');
    const verify = { name: undefined, heal: false, sample: undefined };
    for (let times = 0; times < 2; times++) {
      const to = options();
      expect(await checkProjections(to.given, verify)).toBe(1);
      expect(to.text()).toBe(
        `notes: 1 documents compared, 1 differ\n  a.${noteId} different\n` +
          '    text: expected "right", found "wrong"\n',
      );
    }
    const healing = options();
    expect(await checkProjections(healing.given, { ...verify, heal: true })).toBe(0);
    expect(healing.text()).toContain('1 differ, healed');
    const after = options(true);
    expect(await checkProjections(after.given, { ...verify, sample: 5 })).toBe(0);
    expect(linesOf(after.text())).toMatchObject([{ projection: 'notes', damages: [] }]);
  });

  it('verifies and heals one document, and shows the progress of a longer audit', async () => {
    const { noteId } = await someNote(world, 'right');
    const other = await someNote(world, 'other');
    await world.caughtUp();
    await damage(noteId, 'wrong');
    await damage(other.noteId, 'also wrong');
    const to = options();
    const request = { name: 'notes', heal: true, sample: undefined, key: `a.${noteId}` };
    expect(await checkProjections(to.given, request)).toBe(0);
    expect(to.text()).toContain('notes: 1 documents compared, 1 differ, healed');
    const nameless = checkProjections(options().given, { ...request, name: undefined });
    await expect(nameless).rejects.toThrow('expected the name of the read model');
    await holdingScans(async (reached, release) => {
      const slow = options();
      const verify = { name: 'notes', heal: false, sample: undefined };
      let asked = 0;
      const checking = checkProjections(
        {
          ...slow.given,
          pause: async () => {
            await reached;
            asked += 1;
            if (asked === 2) release();
          },
        },
        verify,
      );
      expect(await checking).toBe(1);
      expect(slow.progress()).toMatch(/^notes: \d+ %, \d+ events\/s(, \d+ s left)?$/m);
    });
  });

  it('pauses and resumes, and shows why an operation is rejected', async () => {
    const to = options();
    await runOperation(to.given, 'notes', 'pause', { reason: 'moving' }, 'paused');
    await listProjections(to.given);
    expect(to.text()).toMatch(/^notes: paused\nnotes {2}paused /);
    await runOperation(to.given, 'notes', 'resume', undefined, 'resumed');
    const twice = runOperation(to.given, 'notes', 'resume', undefined, 'resumed');
    await expect(twice).rejects.toThrow('409 projection_not_paused');
    const cancel = runOperation(
      to.given,
      'notes',
      'cancel-rebuild',
      undefined,
      'rebuild cancelled',
    );
    await expect(cancel).rejects.toThrow('409 projection_not_building');
  });
});
