import { randomUUID } from 'node:crypto';

import { type ApiClient, rejection } from '../api-client.ts';
import { readBody, readItems } from '../read-api.ts';

export interface ProcessesOptions {
  readonly client: ApiClient;
  readonly json: boolean;
  readonly out: (text: string) => void;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A process as reported by `GET /processes`. */
interface Process {
  readonly processId: string;
  readonly status: string;
  readonly stage: string;
  readonly waitsFor?: string;
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly dueAt: string;
  readonly openSteps: readonly { readonly step: string; readonly since: string }[];
  readonly timers: readonly { readonly name: string; readonly dueAt: string }[];
  readonly stuck: readonly {
    readonly step: string;
    readonly reason: string;
    readonly attempts: number;
    readonly since: string;
  }[];
  readonly ending?: string;
}

/** Prints processes, the newest first, at most `limit`. @throws CliError, ServerError */
export async function listProcesses(
  { client, json, out, now }: ProcessesOptions,
  filters: Readonly<Record<string, string | undefined>>,
  limit: number,
): Promise<void> {
  let printed = 0;
  for await (const item of readItems<Process>(client, '/processes', filters, limit)) {
    out(json ? `${JSON.stringify(item)}\n` : lineOf(item, now));
    printed += 1;
  }
  if (printed === 0 && !json) out('no processes\n');
}

/** Prints one process with its steps and timers. @throws CliError, ServerError */
export async function showProcess(options: ProcessesOptions, id: string): Promise<void> {
  const { client, json, out, now } = options;
  const process = (await readBody(
    client,
    `/processes/${encodeURIComponent(id)}`,
  )) as unknown as Process;
  if (json) {
    out(`${JSON.stringify(process)}\n`);
    return;
  }
  out(lineOf(process, now));
  if (process.waitsFor !== undefined) out(`  waits for ${process.waitsFor}\n`);
  for (const { step, since } of process.openSteps) out(`  step   ${step}, since ${since}\n`);
  for (const { name, dueAt } of process.timers) out(`  timer  ${name}, due ${dueAt}\n`);
  for (const { step, reason, attempts } of process.stuck) {
    out(`  stuck  ${step} after ${attempts} attempts: ${reason}\n`);
  }
}

/** Retries or cancels a process. @throws CliError, ServerError */
export async function operateProcess(
  { client, json, out }: ProcessesOptions,
  id: string,
  action: 'retry' | 'cancel',
): Promise<void> {
  const path = `/processes/${encodeURIComponent(id)}/${action}`;
  const response = await client.post(path, { key: randomUUID() });
  if (response.status >= 300) throw rejection(response);
  const { openSteps } = response.body as { readonly openSteps: readonly string[] };
  out(json ? `${JSON.stringify(response.body)}\n` : `${id}: next ${openSteps.join(', ')}\n`);
}

function lineOf(process: Process, now: number): string {
  const { processId, status, stage, startedAt, dueAt, ending } = process;
  const state = ending ?? status;
  const age = `started ${ageOf(startedAt, now)} ago`;
  const next = dueAt === '' ? '' : `, next at ${dueAt}`;
  return `${processId}  ${state}  ${stage}  ${age}${next}\n`;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function ageOf(time: string, now: number): string {
  const ms = Math.max(0, now - Date.parse(time));
  if (ms < MINUTE_MS) return `${Math.round(ms / 1_000)} s`;
  return ms < HOUR_MS ? `${Math.round(ms / MINUTE_MS)} min` : `${Math.round(ms / HOUR_MS)} h`;
}
