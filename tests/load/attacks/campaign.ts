import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import type { Attack } from './attacks.ts';
import { type HonestShop, startHonestShop } from './honest-shop.ts';
import { createLab, type Lab } from './lab.ts';
import { send } from './requests.ts';
import { count, type Row } from './statistics.ts';
import { startTarget, type Target, writeShops } from './target.ts';

const RECOVERY_MS = 60_000;
const LOOK_MS = 100;
const ANSWER_MS = 10_000;
const FATAL = /^.*(?:FATAL ERROR|uncaught exception|ERR_WORKER_OUT_OF_MEMORY).*$/gm;

export interface CampaignOptions {
  /** The built entry of the server. */
  readonly main: string;
  readonly attacks: readonly Attack[];
  /** The longest that one attack takes. Below a minute it has as much less to do. */
  readonly seconds: number;
  /** Progress for people. */
  readonly report: (line: string) => void;
}

/** Attacks a real server, one attack after the other, while another shop sells in it. */
export async function attackAll(options: CampaignOptions): Promise<Row[]> {
  const { main, attacks, report } = options;
  const dataDir = mkdtempSync(join(tmpdir(), 'tillstream-attacks-'));
  writeShops(dataDir);
  const shop = startHonestShop();
  let target = await startTarget(main, dataDir);
  const lab = createLab(() => target, options.seconds);
  const rows: Row[] = [];
  try {
    for (const attack of attacks) {
      if (target.end() !== undefined) target = await startTarget(main, dataDir);
      shop.sellAt(target.url);
      report(`${attack.name}: preparing`);
      try {
        await attack.prepare?.(lab);
      } catch (error) {
        report(`${attack.name}: could not be prepared: ${String(error).slice(0, 300)}`);
      }
      rows.push(await measure(attack, lab, shop, options));
      for (const [line] of target.complaints().matchAll(FATAL)) report(line.slice(0, 300));
    }
    return rows;
  } finally {
    await target.stop();
    await shop.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function measure(
  attack: Attack,
  lab: Lab,
  shop: HonestShop,
  { seconds, report }: CampaignOptions,
): Promise<Row> {
  const { target } = lab;
  await untilIdle(target, shop);
  report(`${attack.name}: attacking`);
  target.reset();
  shop.reset();
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(), seconds * 1_000);
  void target.ended.then(() => ending.abort());
  const answers = await attack.run(lab, ending.signal).catch((error: unknown) => [String(error)]);
  clearTimeout(timer);
  ending.abort();
  const recoveryS = await untilIdle(target, shop);
  const server = target.end() ?? ((await answersHealth(target)) ? 'alive' : 'hung');
  return {
    name: attack.name,
    server,
    ...target.figures(),
    latenciesMs: shop.latenciesMs(),
    failures: shop.failures(),
    recoveryS,
    answers: count(answers),
  };
}

/** Waits until the server is idle and serves shop b. @returns the seconds that it took. */
async function untilIdle(target: Target, shop: HonestShop): Promise<number | undefined> {
  const startedMs = performance.now();
  while (performance.now() - startedMs < RECOVERY_MS && target.end() === undefined) {
    if (target.idle() && shop.served()) return (performance.now() - startedMs) / 1_000;
    await pause(LOOK_MS);
  }
  return undefined;
}

async function answersHealth({ url }: Target): Promise<boolean> {
  const agent = new Agent();
  const signal = AbortSignal.timeout(ANSWER_MS);
  const request = { method: 'GET', path: '/health/live', headers: {} } as const;
  const { label } = await send(url, request, { agent, signal });
  return label === '200';
}
