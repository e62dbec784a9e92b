import { CliError } from '../cli-error.ts';
import { createProgress } from '../progress.ts';
import {
  expectDone,
  type OperationOptions,
  type ProjectionState,
  readNamed,
  readStates,
} from './operations.ts';

const BAR_WIDTH = 20;

export interface RebuildOperation {
  /** The name of a read model, or `all`. */
  readonly name: string;
  readonly reason: string;
  /** The version that the code of the server must have. */
  readonly version: number | undefined;
}

interface StartedRebuild {
  readonly name: string;
  /** The generation that was serving before. */
  readonly before: number;
}

/**
 * Requests rebuilds and shows their progress until each is serving. They run on the server:
 * stopping this command does not stop them.
 * @returns the exit code: 1 when one was cancelled or is blocked.
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
  const started: StartedRebuild[] = [];
  for (const state of wanted) {
    const path = `/projections/${encodeURIComponent(state.name)}/rebuild`;
    expectDone(await options.client.post(path, { body: { reason } }));
    started.push({ name: state.name, before: state.generation });
  }
  return follow(options, started);
}

async function follow(
  options: OperationOptions,
  started: readonly StartedRebuild[],
): Promise<number> {
  const { json, out, err, terminal, now, pause } = options;
  const progress = createProgress(err, terminal);
  const startedMs = now();
  let last: { readonly events: number; readonly atMs: number } | undefined;
  let rate = 0;
  for (;;) {
    const states = await readStates(options);
    const affected = states.filter((state) => started.some(({ name }) => name === state.name));
    const open = affected.filter(({ building }) => building !== undefined);
    const stuck = open.filter(({ building }) => isStuck(building?.state));
    if (open.length === stuck.length) {
      progress.end();
      return conclude(options, started, affected, now() - startedMs);
    }
    const current = progressOf(affected);
    const atMs = now();
    if (last && atMs > last.atMs && current.events > last.events) {
      rate = ((current.events - last.events) * 1_000) / (atMs - last.atMs);
    }
    last = { events: current.events, atMs };
    const left = rate > 0 ? Math.ceil((current.ofEvents - current.events) / rate) : undefined;
    if (json) {
      const { events, ofEvents } = current;
      const eventsPerSecond = Math.round(rate);
      out(`${JSON.stringify({ events, ofEvents, eventsPerSecond, secondsLeft: left ?? null })}\n`);
    } else progress.show(line(current, rate, left, open));
    await pause();
  }
}

/** Neither continues without an operator. */
const isStuck = (state: string | undefined) => state === 'blocked' || state === 'paused';

interface RebuildProgress {
  readonly events: number;
  readonly ofEvents: number;
}

/** The progress of all together; a completed one counts in full. */
function progressOf(states: readonly ProjectionState[]): RebuildProgress {
  const ofEvents = Math.max(0, ...states.map(({ building }) => building?.ofEvents ?? 0));
  const events = states.reduce((sum, { building }) => sum + (building?.events ?? ofEvents), 0);
  return { events, ofEvents: ofEvents * states.length };
}

function line(
  { events, ofEvents }: RebuildProgress,
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
  started: readonly StartedRebuild[],
  states: readonly ProjectionState[],
  tookMs: number,
): number {
  let exitCode = 0;
  for (const { name, before } of started) {
    const state = states.find((candidate) => candidate.name === name);
    const generation = state?.generation ?? before;
    const { building } = state ?? {};
    const outcome = building ? building.state : generation > before ? 'rebuilt' : 'cancelled';
    if (outcome !== 'rebuilt') exitCode = 1;
    const seconds = Math.round(tookMs / 100) / 10;
    if (json) out(`${JSON.stringify({ name, outcome, generation, seconds })}\n`);
    else out(`${name}: ${outcome}, generation ${generation} is serving, after ${seconds} s\n`);
  }
  return exitCode;
}
