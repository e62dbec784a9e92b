import { CliError } from '../cli-error.ts';
import { createProgress } from '../progress.ts';
import {
  expectDone,
  readNamed,
  readStates,
  type OperationOptions,
  type ProjectionState,
} from './operations.ts';

const BAR_WIDTH = 20;

export interface RebuildOperation {
  /** Of a read model, or `all`. */
  readonly name: string;
  readonly reason: string;
  /** What the server's code must be at. */
  readonly version: number | undefined;
}

interface Begun {
  readonly name: string;
  /** The generation that answered before. */
  readonly before: number;
}

/**
 * Orders rebuilds and shows how far they are until each answers. They belong to the server: whoever
 * stops this command does not stop them.
 * @returns the exit code: 1 when one was given up or is blocked.
 * @throws CliError, ServerError
 */
export async function rebuildProjections(
  options: OperationOptions,
  { name, reason, version }: RebuildOperation,
): Promise<number> {
  const wanted = await readNamed(options, name);
  for (const state of wanted) {
    if (version === undefined || state.version === version) continue;
    throw new CliError(
      `expected ${state.name} at version ${version}, found ${state.version}: the version is that of the server's code`,
    );
  }
  const begun: Begun[] = [];
  for (const state of wanted) {
    const path = `/projections/${encodeURIComponent(state.name)}/rebuild`;
    expectDone(await options.client.post(path, { body: { reason } }));
    begun.push({ name: state.name, before: state.generation });
  }
  return follow(options, begun);
}

async function follow(options: OperationOptions, begun: readonly Begun[]): Promise<number> {
  const { json, out, err, terminal, now, pause } = options;
  const progress = createProgress(err, terminal);
  const startedMs = now();
  let last: { readonly events: number; readonly atMs: number } | undefined;
  let rate = 0;
  for (;;) {
    const states = await readStates(options);
    const mine = states.filter((state) => begun.some((one) => one.name === state.name));
    const open = mine.filter(({ building }) => building !== undefined);
    const stuck = open.filter(({ building }) => isStuck(building?.state));
    if (open.length === stuck.length) {
      progress.end();
      return conclude(options, begun, mine, now() - startedMs);
    }
    const passed = passedOf(mine);
    const atMs = now();
    if (last && atMs > last.atMs && passed.events > last.events) {
      rate = ((passed.events - last.events) * 1_000) / (atMs - last.atMs);
    }
    last = { events: passed.events, atMs };
    const left = rate > 0 ? Math.ceil((passed.ofEvents - passed.events) / rate) : undefined;
    if (json) {
      const { events, ofEvents } = passed;
      const eventsPerSecond = Math.round(rate);
      out(`${JSON.stringify({ events, ofEvents, eventsPerSecond, secondsLeft: left ?? null })}\n`);
    } else progress.show(line(passed, rate, left, open));
    await pause();
  }
}

/** Neither goes on by itself: a person has to look. */
const isStuck = (state: string | undefined) => state === 'blocked' || state === 'paused';

interface Passed {
  readonly events: number;
  readonly ofEvents: number;
}

/** How far all are together; one that is complete counts as a whole. */
function passedOf(states: readonly ProjectionState[]): Passed {
  const ofEvents = Math.max(0, ...states.map(({ building }) => building?.ofEvents ?? 0));
  const events = states.reduce((sum, { building }) => sum + (building?.events ?? ofEvents), 0);
  return { events, ofEvents: ofEvents * states.length };
}

function line(
  { events, ofEvents }: Passed,
  rate: number,
  left: number | undefined,
  open: readonly ProjectionState[],
): string {
  const share = ofEvents === 0 ? 1 : Math.min(1, events / ofEvents);
  const filled = Math.floor(share * BAR_WIDTH);
  const bar = `${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}`;
  const names = open.map(({ name }) => name).join(', ');
  const time = left === undefined ? '' : `, ${left} s left`;
  return `[${bar}] ${Math.floor(share * 100)} %, ${Math.round(rate)} events/s${time}: ${names}`;
}

function conclude(
  { json, out }: OperationOptions,
  begun: readonly Begun[],
  states: readonly ProjectionState[],
  tookMs: number,
): number {
  let exitCode = 0;
  for (const { name, before } of begun) {
    const state = states.find((one) => one.name === name);
    const generation = state?.generation ?? before;
    const { building } = state ?? {};
    const outcome = building ? building.state : generation > before ? 'rebuilt' : 'cancelled';
    if (outcome !== 'rebuilt') exitCode = 1;
    const seconds = Math.round(tookMs / 100) / 10;
    if (json) out(`${JSON.stringify({ name, outcome, generation, seconds })}\n`);
    else out(`${name}: ${outcome}, generation ${generation} answers, after ${seconds} s\n`);
  }
  return exitCode;
}
