import { systemDigest } from '../../../src/adapters/system/digest.ts';
import { canonicalJson } from '../../../src/domain/kernel/fingerprint.ts';
import type { PullPage } from '../../../src/projections/sync/pull/document.ts';
import type { SimNode } from '../nodes/node.ts';
import { keyOf, SHOPS } from '../nodes/shops.ts';
import type { Conditions } from '../world/conditions.ts';
import type { Life } from '../world/task-queue.ts';
import type { Wire } from './wire.ts';

/** In the other worlds no device pulls. */
const CHANCE = 0.3;
const PULLS = 12;
const THINK_MS = 200;
const RETRY_MS = 250;
const MAX_TRIES = 300;
/** One device after another fails to get on for a reason that does not go away. */
const MAX_REFETCHES = 5;

/** What a device has stored of its shop. */
export interface Puller {
  readonly name: string;
  readonly shop: string;
  /** Ids of events, in the order in which they came. */
  readonly stored: () => readonly string[];
}

/** Devices that follow what happens at their shop. */
export interface Pullers {
  readonly devices: readonly Puller[];
  work(): Promise<void>;
  /** Pulls until there is nothing more. */
  settle(): Promise<void>;
}

interface PullersOptions {
  readonly conditions: Conditions;
  readonly nodes: readonly SimNode[];
  readonly wire: Wire;
  readonly fail: (rule: string, message: string) => void;
}

export function createPullers(options: PullersOptions): Pullers {
  const { world, weather } = options.conditions;
  const isThere = world.rnd('pullers').chance(CHANCE);
  const shops = isThere ? SHOPS.slice(0, Math.min(2, weather.shops)) : [];
  const devices = shops.map(({ id }) => createPuller(options, `pulling-device-of-${id}`, id));
  return {
    devices,
    async work() {
      await Promise.all(devices.map((each) => each.work()));
    },
    async settle() {
      await Promise.all(devices.map((each) => each.settle()));
    },
  };
}

function createPuller(
  { conditions, nodes, wire, fail }: PullersOptions,
  name: string,
  shop: string,
): Puller & { work(): Promise<void>; settle(): Promise<void> } {
  const { world } = conditions;
  const rnd = world.rnd(name);
  const life: Life = { name, alive: true, pausedUntil: 0 };
  let stored: readonly string[] = [];
  let cursor: string | undefined;
  let checksum = '';
  let refetches = 0;

  const pause = (ms: number) =>
    new Promise<void>((resolve) => world.at(ms * (0.5 + rnd.next()), name, resolve, life));

  /** Stores a page and its cursor together, or nothing of it. @returns whether it was the last. */
  function store(page: PullPage): boolean {
    const { items, mustRefetch } = page;
    if (mustRefetch) {
      refetches += 1;
      if (refetches > MAX_REFETCHES) fail('pull-goes-on', `${name} begins again and again`);
      [stored, cursor, checksum] = [[], mustRefetch.resumeAt, ''];
      return false;
    }
    if (page.prevChecksum !== checksum) {
      fail('pull-checksum', `${name} has ${checksum}, and the page follows ${page.prevChecksum}`);
    }
    const after =
      items.length === 0 ? checksum : systemDigest.sha256(`${checksum}\n${canonicalJson(items)}`);
    if (page.checksum !== after) {
      fail('pull-checksum', `${name} computes ${after}, and the page says ${page.checksum}`);
    }
    const known = new Set(stored);
    const again = items.find(({ id }) => known.has(id));
    if (again) fail('pull-once', `${name} got ${again.id} twice`);
    [stored, cursor, checksum] = [[...stored, ...items.map(({ id }) => id)], page.cursor, after];
    return page.upToDate;
  }

  /** @returns whether there was nothing more. */
  async function pull(): Promise<boolean> {
    const query = new URLSearchParams({
      limit: String(1 + rnd.below(40)),
      ...(cursor !== undefined && { cursor }),
      ...(cursor !== undefined && rnd.chance(0.5) && { checksum }),
    });
    const asked = cursor;
    const answer = await wire.send(life, rnd.pick(nodes), {
      method: 'GET',
      url: `/sync/pull?${query.toString()}`,
      headers: { authorization: `Bearer ${keyOf(shop, 'till')}` },
    });
    // The page is lost, or the disk of the device fails before it has stored it.
    if (answer?.status !== 200 || asked !== cursor || rnd.chance(0.1)) return false;
    return store(JSON.parse(answer.body) as PullPage);
  }

  return {
    ...{ name, shop, stored: () => stored },
    async work() {
      for (let i = 0; i < PULLS; i++) {
        await pause(THINK_MS);
        await pull();
        // A new device, or one whose storage was cleared.
        if (rnd.chance(0.03)) [stored, cursor, checksum] = [[], undefined, ''];
      }
    },
    async settle() {
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        if (await pull()) return;
        await pause(RETRY_MS);
      }
      fail('liveness', `${name} does not reach the end of the log`);
    },
  };
}
