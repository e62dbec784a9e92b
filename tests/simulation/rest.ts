import { readShopConditions } from '../../src/app/alerts/shop-conditions.ts';
import { alertIdOf } from '../../src/domain/alerts/index.ts';
import { streamName } from '../../src/domain/kernel/names.ts';
import { comparePositions } from '../../src/domain/kernel/position.ts';
import { collectionOf } from '../../src/engine/projections/folding/projection.ts';
import type { StoredDocument } from '../../src/ports/read-store.ts';
import { openAlerts, unannouncedAlert } from './checkers/alerts.ts';
import type { Fail, Seen } from './checkers/checker.ts';
import { missingEntry } from './checkers/drawers.ts';
import { unjudgedFact } from './checkers/facts.ts';
import { unfollowedEvent } from './checkers/followed-events.ts';
import { untriedMessage } from './checkers/messages.ts';
import { unfinished } from './checkers/payments.ts';
import { openPosting } from './checkers/posted-books.ts';
import { untriedWebhook } from './checkers/provider-money.ts';
import { differenceFromFold } from './checkers/read-models.ts';
import type { Shadow } from './checkers/shadow.ts';
import type { SimNode } from './nodes/node.ts';

/** Longest time that all may take to settle once nothing goes wrong any more. */
export const SETTLE_MS = 180_000;
/** One that came back four times is kept open for eight minutes after its cause has gone. */
const ALERTS_SETTLE_MS = 900_000;
/** A posting that failed often is tried again after an hour at most: such a one is not waited for. */
const POSTED_MS = 600_000;
const NEXT_TRY_MS = 240_000;
const LOOK_EVERY_MS = 400;
const LOOK_AT_BOOKS_MS = 5_000;
const PATIENCE_MS = 5_000;
const HOUR_MS = 3_600_000;

/** The rule that what is still missing breaks. */
function ruleOf(missing: string): string {
  if (missing.startsWith('documents')) return 'read-model-is-fold';
  return missing.startsWith('no contact') ? 'alert-reaches-contact' : 'liveness';
}

/** Waits until all that was written has been seen everywhere and all that was begun is done. */
export function createRest(
  { conditions, nodes, servers, notices }: Seen,
  shadow: Shadow,
  fail: Fail,
) {
  const { world, weather } = conditions;
  // What was hidden from a subscription may only be found by an audit.
  const strict = weather.faults.eventHidden === 0;

  const pause = () => new Promise<void>((resolve) => world.at(LOOK_EVERY_MS, 'rests', resolve));

  function caughtUp({ app, life }: SimNode): Promise<boolean> {
    if (!app || !life) return Promise.resolve(false);
    return new Promise((resolve) => {
      const ask = () => {
        const { projections } = app.services;
        void projections.whenCaughtUp({ timeoutMs: 1 }).then(resolve, () => resolve(false));
      };
      world.at(0, 'is it caught up?', ask, life);
      // It may be about to stop, and then never answers.
      world.at(PATIENCE_MS, 'no answer', () => resolve(false));
    });
  }

  /** What a node says of itself, at no cost; undefined when all seems to be seen. */
  function lagOf({ name, app }: SimNode): string | undefined {
    if (!app) return `${name} is not there`;
    const newest = servers.recorded.findLast(({ stream }) => !stream.startsWith('projection-'));
    const reports = app.services.projections.report().filter(({ state, position, building }) => {
      const behind = newest && comparePositions(position, newest.position) < 0;
      return state !== 'live' || behind || building;
    });
    if (reports.length === 0) return undefined;
    const words = reports.map((report) => {
      const { name: projection, state, position, building, blocked } = report;
      const more = building ? ' building' : blocked ? ` blocked: ${blocked.reason}` : '';
      return `${projection} ${state} at ${position.commit}${more}`;
    });
    return `${name} (${words.join(', ')}) of ${String(newest?.position.commit)}`;
  }

  /** Charges and returns that no account has answered. */
  function unsettled(): string | undefined {
    const answered = new Set<string>();
    const begun: string[] = [];
    for (const { type, data, stream, metadata } of servers.recorded) {
      const { chargeId, refundId, toAccountMinor } = data as Record<string, unknown>;
      if (type === 'AccountChargeRequested') begun.push(`charge ${String(chargeId)} of ${stream}`);
      if (type === 'AccountChargeConfirmed' || type === 'AccountChargeRejected') {
        answered.add(`charge ${String(chargeId)} of ${stream}`);
      }
      if (type === 'OrderRefunded' && toAccountMinor !== 0) {
        begun.push(`refund ${String(refundId)} of ${metadata.storeId}`);
      }
      if (type === 'SaleReturnedToAccount') {
        answered.add(`refund ${String(refundId)} of ${metadata.storeId}`);
      }
    }
    return begun.find((each) => !answered.has(each));
  }

  async function collectionFor(projection: string): Promise<string | undefined> {
    const live = await servers.readStore.liveGeneration(projection);
    const model = shadow.models.find((each) => each.projection.name === projection);
    return live && model && collectionOf(model.projection, live.generation).name;
  }

  async function scan(collection: string): Promise<readonly StoredDocument[]> {
    const all: StoredDocument[] = [];
    for (let after = ''; ; after = all.at(-1)?.key ?? '') {
      const page = await servers.readStore.scan(collection, after, 1_000);
      all.push(...page);
      if (page.length < 1_000) return all;
    }
  }

  async function withoutCause(): Promise<readonly string[]> {
    const open = openAlerts(servers.recorded);
    if (open.length === 0) return open;
    const serving = new Map<string, string | undefined>();
    for (const { projection } of shadow.models) {
      serving.set(projection.name, await collectionFor(projection.name));
    }
    const { conditions: shown } = await readShopConditions(
      {
        readStore: servers.readStore,
        projections: { serving: (name) => serving.get(name) },
        // A world lasts for minutes: all of its records count.
        clock: { now: () => HOUR_MS },
      },
      [...new Set(servers.recorded.map(({ metadata }) => metadata.storeId))],
    );
    const causes = shown.map(({ rule, storeId, subject }) =>
      streamName('alert', storeId, alertIdOf(rule, subject)),
    );
    return open.filter((stream) => !causes.includes(stream));
  }

  const difference = () => {
    shadow.follow(servers.recorded);
    return differenceFromFold(shadow, collectionFor, scan);
  };

  return {
    /** Nothing is wrong any more, so that no alert has a cause but what the read models show. */
    async alertsResolved(): Promise<void> {
      const until = world.now + ALERTS_SETTLE_MS;
      let open = await withoutCause();
      while (open.length > 0 && world.now < until && !world.failure) {
        await pause();
        open = await withoutCause();
      }
      if (open.length > 0) fail('alert-without-cause', `still open: ${open.join(', ')}`);
    },
    /** What a shop has for its books is there, or waits for a person. */
    async posted(): Promise<void> {
      const until = world.now + POSTED_MS;
      const nextTryMs = world.startedAt + world.now + NEXT_TRY_MS;
      const open = () => openPosting(servers.recorded, nextTryMs);
      while (world.now < until && !world.failure) {
        if (open() === undefined) return;
        await new Promise<void>((resolve) => world.at(LOOK_AT_BOOKS_MS, 'rests', resolve));
      }
      const late = open();
      if (late !== undefined) fail('liveness', `after ${POSTED_MS} ms: ${late} is not posted`);
    },
    async reached(): Promise<void> {
      const until = world.now + SETTLE_MS;
      let missing = 'nothing was looked at';
      while (world.now < until && !world.failure) {
        await pause();
        missing = (await unready()) ?? '';
        if (missing === '') return;
      }
      const late = `after ${SETTLE_MS} ms without faults`;
      fail(ruleOf(missing), `${late}: ${missing}`);
    },
  };

  async function unready(): Promise<string | undefined> {
    const events = servers.recorded.length;
    const open = unsettled();
    if (open !== undefined) return `nothing has answered ${open}`;
    if (notices.underWay() > 0) return `${notices.underWay()} notices are on their way`;
    const begun = unfinished(servers.recorded);
    if (begun !== undefined) return begun;
    const untried = untriedMessage(servers.recorded);
    if (untried !== undefined) return untried;
    const unannounced = unannouncedAlert(servers.recorded);
    if (unannounced !== undefined) return unannounced;
    const unfollowed = unfollowedEvent(servers.recorded);
    if (unfollowed !== undefined) return unfollowed;
    const unjudged = unjudgedFact(servers.recorded);
    if (unjudged !== undefined) return unjudged;
    const unopened = untriedWebhook(servers.recorded);
    if (unopened !== undefined) return unopened;
    const missing = missingEntry(servers.recorded);
    if (missing !== undefined) return missing;
    const behind = nodes.map(lagOf).filter((lag) => lag !== undefined);
    if (behind.length > 0) return `not caught up: ${behind.join('; ')}`;
    for (const node of nodes) if (!(await caughtUp(node))) return `${node.name} is not caught up`;
    const found = await difference();
    if (servers.recorded.length !== events) return 'the log grew meanwhile';
    if (found !== undefined && strict) fail('read-model-is-fold', found);
    return found && `documents differ: ${found}`;
  }
}
