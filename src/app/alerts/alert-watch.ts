import type { AlertRules } from '../../domain/alerts/index.ts';
import { type ShopSource, storeIdsOf } from '../../domain/kernel/shop.ts';
import type { CommandEngine } from '../../engine/commands/command-engine.ts';
import type { ProjectionView } from '../../engine/projections/projection-view.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { DocumentQueries } from '../../ports/read-store.ts';
import type { Observation } from '../observation/observation.ts';
import { type AlertCase, type NextStep, nextStep, observeCase } from './alert-cases.ts';
import { createAlertCommands } from './alert-commands.ts';
import { createCaseBook } from './case-book.ts';
import { ABSENT_IS_ZERO, type Condition, conditionsOf } from './conditions.ts';
import { createNoticeAges } from './notice-ages.ts';
import { NOTHING_KNOWN, readShopConditions, type ShopConditions } from './shop-conditions.ts';
import { readOpenAlerts } from './stored-alerts.ts';

/** Observations between two reads of the stored alerts, and of what the shops' read models show. */
const REFRESH_EVERY = 6;

export interface AlertWatchOptions {
  readonly rules: AlertRules;
  readonly commands: CommandEngine;
  readonly readStore: DocumentQueries;
  readonly projections: Pick<ProjectionView, 'serving'>;
  readonly shops: ShopSource;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly instance: string;
  /** Whether this instance judges at the moment what all instances see. */
  readonly judgesShared: () => boolean;
  readonly stopping: AbortSignal;
}

/** Raises, escalates and resolves alerts after an observation. */
export interface AlertWatch {
  observed(observation: Observation): Promise<void>;
}

/**
 * There is one open alert per rule and subject: that is a rule of the aggregate, so several
 * instances may observe the same. While the log stores nothing, what was seen is recorded later.
 */
export function createAlertWatch(options: AlertWatchOptions): AlertWatch {
  const { rules, clock, logger, shops, instance, judgesShared, stopping } = options;
  const book = createCaseBook(options.metrics, logger);
  const take = createSteps(options, book);
  const ages = createNoticeAges(options);
  let engineEventsBefore: ReadonlyMap<string, number> | undefined;
  let observations = 0;
  let judged = false;
  let ofShops: ShopConditions = NOTHING_KNOWN;

  async function refresh(): Promise<void> {
    const storeIds = storeIdsOf(shops);
    try {
      const stored = await readOpenAlerts(options.readStore, options.projections, storeIds);
      if (stored) book.adopt(stored);
    } catch (error) {
      logger.debug({ error: String(error) }, 'stored alerts cannot be read now');
    }
  }

  /** For one instance alone: all of them would find the same. */
  async function refreshShops(): Promise<void> {
    ofShops = NOTHING_KNOWN;
    if (!judged) {
      ages.forget();
      return;
    }
    try {
      ofShops = await readShopConditions(options, storeIdsOf(shops));
      await ages.refresh(storeIdsOf(shops));
    } catch (error) {
      logger.debug({ error: String(error) }, 'the read models of shops cannot be read now');
    }
  }

  /** @returns false when the log did not store what the alert needs. */
  async function judge(condition: Condition, isLogDown: boolean): Promise<boolean> {
    if (!book.hasRoomFor(condition)) return true;
    const known = observeCase(book.find(condition), condition, rules);
    book.put(known);
    const step = nextStep(known, rules, clock.now());
    if (step === 'none') return true;
    if (!isLogDown && (await take(step, known))) return true;
    if (step === 'raise') book.put({ ...known, missed: known.missed ?? condition });
    return false;
  }

  return {
    async observed(observation) {
      const begins = judgesShared() && !judged;
      judged = judgesShared();
      if (begins) book.forgetCounts();
      if (begins || observations % REFRESH_EVERY === 0) {
        await refresh();
        await refreshShops();
      }
      observations += 1;
      const { conditions: found, complete } = judged ? ofShops : NOTHING_KNOWN;
      const seen = conditionsOf(observation, {
        instance,
        judgesShared: judged,
        engineEventsBefore,
        shops: shops().map(({ id }) => id),
      });
      const conditions = [...seen, ...found];
      const ended = book.endedSince(conditions, new Set([...ABSENT_IS_ZERO, ...complete]));
      engineEventsBefore = observation.engineEvents;
      let isLogDown = false;
      for (const condition of [...conditions, ...ended]) {
        if (stopping.aborted) return;
        if (!(await judge(condition, isLogDown))) isLogDown = true;
      }
    },
  };
}

/** Carries out one step. It resolves to false when it could not be recorded. */
function createSteps(
  options: AlertWatchOptions,
  book: Pick<ReturnType<typeof createCaseBook>, 'recorded'>,
) {
  const { rules, clock, logger, metrics } = options;
  const commands = createAlertCommands(options);

  function report(step: NextStep, { rule, subject, storeId, value }: Condition): void {
    const { severity, title } = rules[rule];
    const fields = { rule, subject, storeId, severity, value };
    if (step === 'clear') {
      logger.info(fields, `alert resolved: ${title}`);
      return;
    }
    logger.warn(fields, `alert ${step === 'raise' ? 'raised' : 'escalated'}: ${title}`);
    if (step === 'raise') metrics.increment('alerts_raised_total', { rule, severity });
  }

  return async (step: Exclude<NextStep, 'none'>, known: AlertCase): Promise<boolean> => {
    const condition = step === 'raise' ? (known.missed ?? known.condition) : known.condition;
    try {
      const result = await (step === 'escalate'
        ? commands.escalate(condition, (known.open?.level ?? 0) + 1)
        : commands[step](condition));
      book.recorded(known, result.state, clock.now());
      if (result.events.length > 0) report(step, condition);
      return true;
    } catch (error) {
      const { rule, subject } = condition;
      logger.warn({ rule, subject, step, error: String(error) }, 'alert could not be recorded');
      return false;
    }
  };
}
