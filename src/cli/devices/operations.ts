import { randomUUID } from 'node:crypto';

import { type ApiClient, rejection } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import { readBody, readItems } from '../read-api.ts';

export interface DeviceOptions {
  readonly client: ApiClient;
  readonly json: boolean;
  readonly out: (text: string) => void;
}

interface ListedDevice {
  readonly deviceId: string;
  readonly name: string;
  readonly status: string;
  readonly branchId: string;
  readonly lastSeenAt?: string;
}

interface EpochFigures {
  readonly epoch: string;
  readonly state: string;
  readonly words: string;
}

/** Devices that are read of the list. */
const MAX_DEVICES = 10_000;
/** Facts of one push; far below the limits of the server, also where they are large. */
const BATCH = 50;
/** Characters of one push. */
const BATCH_CHARACTERS = 500_000;

const pathOf = (deviceId: string) => `/sync/devices/${encodeURIComponent(deviceId)}`;

async function epochsOf(client: ApiClient, deviceId: string): Promise<readonly EpochFigures[]> {
  const body = await readBody(client, `${pathOf(deviceId)}/completeness`);
  return body['epochs'] as readonly EpochFigures[];
}

/** Lists the devices of the shop, with what is here of each. */
export async function listDevices({ client, json, out }: DeviceOptions): Promise<void> {
  const found: (ListedDevice & { readonly facts: string })[] = [];
  for await (const device of readItems<ListedDevice>(client, '/devices', {}, MAX_DEVICES)) {
    const [newest] = await epochsOf(client, device.deviceId);
    found.push({ ...device, facts: newest?.words ?? 'does not number its facts' });
  }
  if (json) out(`${JSON.stringify(found)}\n`);
  else if (found.length === 0) out('no devices\n');
  else for (const device of found) out(lineOf(device));
}

function lineOf({
  deviceId,
  name,
  status,
  branchId,
  lastSeenAt = 'never',
  facts,
}: ListedDevice & {
  readonly facts: string;
}): string {
  return `${status.padEnd(8)}  ${deviceId}  ${name} in ${branchId}\n  ${facts}\n  seen ${lastSeenAt}\n`;
}

/** Shows what is here of each life of a device. @throws CliError with the error of the server. */
export async function showDevice(
  { client, json, out }: DeviceOptions,
  deviceId: string,
): Promise<void> {
  const epochs = await epochsOf(client, deviceId);
  if (json) out(`${JSON.stringify({ deviceId, epochs })}\n`);
  else if (epochs.length === 0) out(`${deviceId} does not number its facts\n`);
  else
    for (const { epoch, state, words } of epochs) out(`${state.padEnd(8)}  ${epoch}  ${words}\n`);
}

/** Ends the token and the sessions of a device. @throws CliError with the error of the server. */
export async function retireDevice(
  { client, json, out }: DeviceOptions,
  deviceId: string,
): Promise<void> {
  const path = `/devices/${encodeURIComponent(deviceId)}`;
  const response = await client.remove(path, { key: randomUUID() });
  if (response.status >= 300) throw rejection(response);
  out(json ? `${JSON.stringify(response.body)}\n` : `${deviceId} is retired\n`);
}

type Fact = Readonly<Record<string, unknown>>;

/** Writes all facts of a device, one a line, as it wrote them. */
export async function exportFacts(
  { client, out }: Pick<DeviceOptions, 'client' | 'out'>,
  deviceId: string,
): Promise<void> {
  for (const { epoch } of [...(await epochsOf(client, deviceId))].reverse()) {
    let after: number | undefined = 0;
    while (after !== undefined) {
      const query = `epoch=${encodeURIComponent(epoch)}&after=${after}`;
      const page = await readBody(client, `${pathOf(deviceId)}/facts?${query}`);
      for (const fact of page['items'] as readonly Fact[]) out(`${JSON.stringify(fact)}\n`);
      after = page['next'] as number | undefined;
    }
  }
}

/** Groups of facts that one push can hold: of one device and epoch, and not too large. */
function batchesOf(lines: readonly string[]): readonly (readonly Fact[])[] {
  const batches: Fact[][] = [];
  let characters = 0;
  for (const [i, line] of lines.entries()) {
    const fact = factIn(line, i + 1);
    const batch = batches.at(-1);
    const [first] = batch ?? [];
    const isSame = first?.['deviceId'] === fact['deviceId'] && first?.['epoch'] === fact['epoch'];
    characters += line.length;
    if (batch && isSame && batch.length < BATCH && characters <= BATCH_CHARACTERS) {
      batch.push(fact);
    } else {
      batches.push([fact]);
      characters = line.length;
    }
  }
  return batches;
}

function factIn(line: string, place: number): Fact {
  try {
    const fact = JSON.parse(line) as unknown;
    if (typeof fact === 'object' && fact !== null && 'deviceId' in fact && 'epoch' in fact) {
      return fact;
    }
  } catch {
    // Reported below.
  }
  throw new CliError(`expected a fact of a device in line ${place}, found ${line.slice(0, 60)}`);
}

/**
 * Sends the facts of a file, one a line, such as those that a broken device could not send. What
 * the server has already stays as it is.
 */
export async function importFacts(
  { client, json, out }: DeviceOptions,
  text: string,
): Promise<void> {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const counts: Record<string, number> = {};
  for (const facts of batchesOf(lines)) {
    const [first] = facts;
    const body = { deviceId: first?.['deviceId'], epoch: first?.['epoch'], facts };
    const response = await client.post('/sync/push', { key: randomUUID(), body });
    if (response.status >= 300) throw rejection(response);
    for (const { status } of response.body['items'] as readonly { readonly status: string }[]) {
      counts[status] = (counts[status] ?? 0) + 1;
    }
  }
  const words = Object.entries(counts).map(([status, count]) => `${count} ${status}`);
  if (json) out(`${JSON.stringify(counts)}\n`);
  else out(`${lines.length} facts: ${words.length === 0 ? 'none' : words.join(', ')}\n`);
}
