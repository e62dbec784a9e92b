import { deviceDecider } from '../../domain/identity/index.ts';
import { instantMs } from '../../domain/kernel/instant.ts';
import {
  type Declaration,
  type EpochState,
  epochState,
  holesIn,
  type Range,
  syncDeviceDecider,
  type SyncDeviceState,
} from '../../domain/sync/index.ts';
import type { CommandEngine } from '../../engine/commands/command-engine.ts';
import { allKept, declaredWith, type Kept } from './keep-facts.ts';

/** Lives of a device that one answer describes, the newest first. */
const MAX_EPOCHS = 20;
/** Holes that are named in words; further ones are counted. */
const MAX_NAMED = 10;
/** A device that was silent for longer may have facts that it could not declare. */
const SILENT_MS = 30 * 60_000;

/** How much of what a device has is here, as far as it has declared that. */
export interface EpochCompleteness {
  readonly epoch: string;
  readonly state: EpochState;
  /** Absent: it has never said how many facts it has, so nothing can be called complete. */
  readonly declared?: Declaration;
  readonly kept: Kept;
  /** Facts that the device has, as it declared, and that are not here. */
  readonly missing: readonly Range[];
  readonly words: string;
}

/**
 * What is here of each life of a device (S7). It is a statement about what the device declared, and
 * says when that was: facts that it made later may lie unsent.
 * @returns undefined for a device that the shop does not know.
 */
export async function completenessOf(
  { commands }: { readonly commands: Pick<CommandEngine, 'load'> },
  { storeId, deviceId, now }: Readonly<Record<'storeId' | 'deviceId' | 'now', string>>,
): Promise<readonly EpochCompleteness[] | undefined> {
  const { state } = await commands.load(syncDeviceDecider, storeId, deviceId);
  const names = new Set([
    ...state.epochs.map(({ epoch }) => epoch),
    ...Object.keys(state.declared),
  ]);
  if (names.size === 0) {
    const device = await commands.load(deviceDecider, storeId, deviceId);
    return device.state.status === 'none' ? undefined : [];
  }
  const newest = [...names].slice(-MAX_EPOCHS).reverse();
  const place = { commands: commands as CommandEngine, storeId, deviceId };
  const epochs: EpochCompleteness[] = [];
  for (const epoch of newest) epochs.push(await epochOf({ ...place, epoch }, state, now));
  return epochs;
}

async function epochOf(
  place: Parameters<typeof allKept>[0],
  device: SyncDeviceState,
  now: string,
): Promise<EpochCompleteness> {
  const { epoch } = place;
  const said = device.declared[epoch];
  const kept = await allKept(place, said?.lastSeq ?? 1);
  const declared = newestOf(said, await declaredWith(place, kept));
  const state = epochState(device, epoch);
  const held: Range[] = kept.through > 0 ? [[1, kept.through], ...kept.ranges] : [...kept.ranges];
  // What came after the declaration was made counts as declared: the device must have it.
  const last = Math.max(declared?.lastSeq ?? 0, ...held.map(([, to]) => to));
  const missing = holesIn(held, last);
  const words = wordsOf({ state, declared, missing, last }, now);
  return { epoch, state, ...(declared && { declared }), kept, missing, words };
}

function newestOf(a: Declaration | undefined, b: Declaration | undefined): Declaration | undefined {
  if (!a || !b) return a ?? b;
  return instantMs(a.declaredAt) >= instantMs(b.declaredAt) ? a : b;
}

interface Known {
  readonly state: EpochState;
  readonly declared: Declaration | undefined;
  readonly missing: readonly Range[];
  readonly last: number;
}

const rangeText = ([from, to]: Range) => (from === to ? String(from) : `${from}-${to}`);

/** The statement for people, such as `88-91 missing; not heard from since ...`. */
export function wordsOf({ state, declared, missing, last }: Known, now: string): string {
  const named = missing.slice(0, MAX_NAMED).map(rangeText).join(', ');
  const more = missing.length > MAX_NAMED ? ` and ${missing.length - MAX_NAMED} more gaps` : '';
  const holes = `${named}${more} missing`;
  if (!declared) return missing.length > 0 ? holes : 'does not declare its facts';
  const { declaredAt } = declared;
  const isSilent = state !== 'ended' && instantMs(now) - instantMs(declaredAt) > SILENT_MS;
  const silence = isSilent ? `; not heard from since ${declaredAt}` : '';
  if (missing.length > 0) return `${holes}${silence}`;
  const end = state === 'ended' ? `ended at ${last}` : `complete up to ${last}`;
  return `${end}, as declared at ${declaredAt}${silence}`;
}
