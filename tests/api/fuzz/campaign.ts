import fc from 'fast-check';

import type { Route } from '../../../src/api/route.ts';
import { createJudge } from './judge.ts';
import { createMemory } from './memory.ts';
import type { Plan } from './plan.ts';
import { plansFor } from './plans.ts';
import { type Exchange, exchange, piecesOf } from './send.ts';
import type { FuzzServer } from './shops.ts';
import { signIn } from './sign-in.ts';

const AT_ONCE = 8;
const DRAWN_AT_ONCE = 400;
/** Requests that come first, so that the others find orders and customers to be about. */
const OPENING = 64;
const MAX_FINDINGS = 50;
/** Longer than the server's own limits for requests that never become complete. */
const PATIENCE_MS = 15_000;

export interface CampaignOptions {
  readonly server: FuzzServer;
  readonly routes: readonly Route[];
  readonly seed: number;
  readonly requests: number;
}

export interface CampaignReport {
  readonly sent: number;
  readonly byStatus: Readonly<Record<string, number>>;
  /** How often each operation was carried out. */
  readonly carriedOut: ReadonlyMap<string, number>;
  readonly slowestMs: number;
  /** Each with the request that shows it. */
  readonly findings: readonly string[];
}

const createsSomething = ({ write, params }: Route): boolean => write && !params;

/**
 * Sends requests that follow from the seed alone, a few at a time, and judges every answer. Ids are
 * learnt between the rounds, in the order of the requests, so that a run can be played again.
 */
export async function runCampaign(options: CampaignOptions): Promise<CampaignReport> {
  const { server, routes, seed, requests } = options;
  const judge = createJudge(routes);
  const memory = createMemory();
  // What changes things does so in many ways; what only reads is soon known.
  const plans = fc.oneof(
    ...routes.map((route) => ({ weight: route.write ? 2 : 1, arbitrary: plansFor(route) })),
  );
  const opening = fc.oneof(...routes.filter(createsSomething).map(plansFor));
  const byStatus: Record<string, number> = {};
  const carriedOut = new Map(routes.map(({ operationId }) => [operationId, 0]));
  const findings: string[] = [];
  let slowestMs = 0;

  async function send(plan: Plan, n: number): Promise<Exchange> {
    const fill = (text: string) => memory.fill(plan.shop, n, text);
    const target = fill(plan.target);
    const body = typeof plan.body === 'string' ? Buffer.from(fill(plan.body)) : plan.body;
    const headers = plan.headers.map(([name, value]) => [name, fill(value)] as const);
    const { method, delivery } = plan;
    const pieces = piecesOf({ method, target, headers, body, delivery });
    const cutOff = delivery === 'cut-off';
    const result = await exchange(server.port, method, pieces, { cutOff, patienceMs: PATIENCE_MS });
    const { answer, tookMs } = result;
    slowestMs = Math.max(slowestMs, tookMs);
    const status = String(answer?.status ?? 'none');
    byStatus[status] = (byStatus[status] ?? 0) + 1;
    for (const finding of judge.findings(plan, result, target)) {
      const request = Buffer.concat(pieces).toString('latin1').slice(0, 1_500);
      findings.push(`#${n} ${plan.operationId}, ${plan.about}: ${finding}\n${request}`);
    }
    const route = answer && answer.status < 300 ? judge.routeOf(method, target) : undefined;
    if (route) carriedOut.set(route.operationId, (carriedOut.get(route.operationId) ?? 0) + 1);
    return result;
  }

  let sent = 0;
  for (let batch = 0; sent < requests && findings.length < MAX_FINDINGS; batch++) {
    // Users sign in again, because some have been deleted, locked or signed out meanwhile.
    for (const shop of ['a', 'b'] as const) {
      memory.signedIn(shop, await signIn(server.url, shop, batch));
    }
    const drawn = fc.sample(batch === 0 ? opening : plans, {
      seed: seed + batch,
      numRuns: batch === 0 ? OPENING : DRAWN_AT_ONCE,
    });
    for (let at = 0; at < drawn.length && sent < requests; at += AT_ONCE) {
      const round = drawn.slice(at, Math.min(at + AT_ONCE, at + requests - sent));
      const first = sent;
      const results = await Promise.all(round.map((plan, i) => send(plan, first + i)));
      results.forEach(({ answer }, i) => {
        const plan = round[i];
        if (answer && plan && plan.method !== 'HEAD') memory.learn(plan.shop, answer);
      });
      sent += round.length;
    }
  }
  const { exitCode, signalCode } = server.process;
  if (exitCode !== null || signalCode !== null) {
    const how = `with code ${exitCode}, signal ${signalCode}`;
    findings.unshift(`the server ended ${how}: ${server.output().slice(-2_000)}`);
  }
  return { sent, byStatus, carriedOut, slowestMs, findings };
}
