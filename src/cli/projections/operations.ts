import { type ApiClient, type ApiResponse, rejection } from '../api-client.ts';
import { CliError } from '../cli-error.ts';

export interface OperationOptions {
  readonly client: ApiClient;
  readonly json: boolean;
  /** Results. */
  readonly out: (text: string) => void;
  /** Progress. */
  readonly err: (text: string) => void;
  /** Whether progress goes to a terminal, where a line can be overwritten. */
  readonly terminal: boolean;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Waits between two polls. */
  readonly pause: () => Promise<void>;
}

/** A read model as reported by `GET /projections`. */
export interface ProjectionState {
  readonly name: string;
  readonly version: number;
  readonly generation: number;
  readonly state: string;
  readonly position: string;
  readonly lagEvents: number;
  readonly lagSeconds: number;
  readonly blocked?: { readonly eventId: string; readonly reason: string };
  readonly failing?: { readonly since: string; readonly reason: string };
  readonly building?: {
    readonly generation: number;
    readonly state: string;
    readonly events: number;
    readonly ofEvents: number;
    readonly percent: number;
  };
  readonly audited?: { readonly events: number; readonly percent: number };
}

/** The body of a successful response. @throws CliError with the error of the server. */
export function expectDone(response: ApiResponse): ApiResponse['body'] {
  if (response.status < 300) return response.body;
  throw rejection(response);
}

/** @throws CliError, ServerError */
export async function readStates({
  client,
}: OperationOptions): Promise<readonly ProjectionState[]> {
  const { items } = expectDone(await client.get('/projections'));
  return items as readonly ProjectionState[];
}

/** The read model of that name, or all. @throws CliError when there is none */
export async function readNamed(
  options: OperationOptions,
  name: string | undefined,
): Promise<readonly ProjectionState[]> {
  const states = await readStates(options);
  if (name === undefined || name === 'all') return states;
  const named = states.filter((state) => state.name === name);
  if (named.length > 0) return named;
  const names = states.map((state) => state.name).join(', ');
  throw new CliError(`expected a read model, found ${name}: there are ${names}`);
}

export async function listProjections(options: OperationOptions): Promise<void> {
  const states = await readStates(options);
  if (options.json) {
    options.out(`${JSON.stringify(states)}\n`);
    return;
  }
  const width = Math.max(...states.map(({ name }) => name.length));
  for (const state of states) options.out(`${toText(state, width)}\n`);
}

function toText(state: ProjectionState, width: number): string {
  const { name, version, generation, position, lagEvents, lagSeconds } = state;
  const { blocked, failing, building } = state;
  const lag = lagEvents === 0 ? 'no lag' : `${lagEvents} events, ${lagSeconds} s behind`;
  const head = `${name.padEnd(width)}  ${state.state.padEnd(11)}  v${version} g${generation}`;
  const next = building
    ? `\n${' '.repeat(width)}  generation ${building.generation}: ${building.state}, ${building.percent} %`
    : '';
  const error = blocked
    ? `\n${' '.repeat(width)}  stopped at event ${blocked.eventId}: ${blocked.reason}`
    : '';
  const failure = failing
    ? `\n${' '.repeat(width)}  failing since ${failing.since}: ${failing.reason}`
    : '';
  return `${head}  at ${position}  ${lag}${next}${error}${failure}`;
}

/** Runs one operation on one read model. @throws CliError with the error of the server. */
export async function runOperation(
  options: OperationOptions,
  name: string,
  operation: string,
  body: unknown,
  done: string,
): Promise<void> {
  const path = `/projections/${encodeURIComponent(name)}/${operation}`;
  const call = body === undefined ? {} : { body };
  const state = expectDone(await options.client.post(path, call));
  options.out(options.json ? `${JSON.stringify(state)}\n` : `${name}: ${done}\n`);
}

/** Skips an event for one read model, or for every one that it blocks. @throws CliError */
export async function skipEvent(
  options: OperationOptions,
  name: string | undefined,
  body: { readonly eventId: string; readonly reason: string },
): Promise<void> {
  const done = `event ${body.eventId} skipped`;
  if (name !== undefined) {
    await runOperation(options, name, 'skip', body, done);
    return;
  }
  const result = expectDone(await options.client.post('/projections/skip', { body }));
  const names = result['skippedFor'] as readonly string[];
  options.out(options.json ? `${JSON.stringify(result)}\n` : `${names.join(', ')}: ${done}\n`);
}
