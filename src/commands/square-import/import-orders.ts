import type { CommandContext } from '../../domain/kernel/decider.ts';
import { InvariantError, TillstreamError } from '../../domain/kernel/errors.ts';
import { comparePositions, type Position } from '../../domain/kernel/position.ts';
import type { OrderCommand } from '../../domain/orders/index.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Digest } from '../../ports/digest.ts';
import type { CommandEngine, CommandRequest } from '../../engine/commands/command-engine.ts';
import { followUp } from '../../engine/commands/follow-up.ts';
import { orderDecider } from '../../domain/orders/index.ts';
import { UnexpectedJsonError, type JsonNode } from './json-node.ts';
import {
  NotTakenOverError,
  readSquareOrder,
  squareIdOf,
  type LaterStep,
  type SquareOrder,
} from './order.ts';

/** Orders of one import that are carried out at once: enough to share commits. */
const AT_ONCE = 32;
const ENTITY_ID_LENGTH = 32;

/** What became of an item. */
export const OUTCOMES = ['imported', 'repeated', 'changed', 'refused', 'invalid'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface ItemResult {
  /** Place in the list, from 0. */
  readonly index: number;
  readonly sourceId?: string;
  readonly outcome: Outcome;
  readonly orderId?: string;
  readonly code?: string;
  /** In words, for the person who imports. */
  readonly reason?: string;
}

export interface ImportReport {
  readonly items: readonly ItemResult[];
  readonly counts: Readonly<Record<Outcome, number>>;
  /** Of the last thing that was recorded; undefined when nothing was. */
  readonly position: Position | undefined;
}

/** Who imports what into which shop. */
export interface Importer {
  readonly commands: CommandEngine;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly context: Pick<CommandContext, 'storeId' | 'now' | 'businessDay'>;
  readonly envelope: Pick<CommandRequest, 'actor' | 'correlationId' | 'causationId'>;
  /** The shop's business day of an RFC 3339 time. @throws UnexpectedJsonError when it is none. */
  readonly businessDayOf: (instant: JsonNode) => string;
  /** What makes an item unfit to be stored at all, in words. */
  readonly findUnsafe: (item: unknown) => string | undefined;
  /** Tells about a bug that one item has met; the others go on. */
  readonly onBug: (error: unknown, sourceId: string | undefined) => void;
}

function laterOf(a: Position | undefined, b: Position): Position {
  return a && comparePositions(a, b) > 0 ? a : b;
}

interface Done {
  readonly result: Omit<ItemResult, 'index'>;
  readonly position?: Position;
}

/**
 * Takes orders over, each by itself: one that is refused never stops the others. The same version
 * of an order is taken over once, however often it comes; another version of one that is here
 * already is reported as changed.
 * @throws UpstreamError when the log does not take commands: the whole import is to be repeated.
 */
export async function importSquareOrders(
  importer: Importer,
  items: readonly unknown[],
): Promise<ImportReport> {
  const done: Done[] = new Array<Done>(items.length);
  let next = 0;
  const work = async (): Promise<void> => {
    try {
      for (let i = next++; i < items.length; i = next++) {
        done[i] = await importOne(importer, items[i]);
      }
    } finally {
      // When one worker met trouble the others end with what they have in hand.
      next = items.length;
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, work));
  const counts = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<
    Outcome,
    number
  >;
  let position: Position | undefined;
  const results = done.map((each, index) => {
    counts[each.result.outcome] += 1;
    if (each.position) position = laterOf(position, each.position);
    return { index, ...each.result };
  });
  return { items: results, counts, position };
}

async function importOne(importer: Importer, item: unknown): Promise<Done> {
  const sourceId = squareIdOf(item);
  const about = sourceId === undefined ? {} : { sourceId };
  try {
    const unsafe = importer.findUnsafe(item);
    if (unsafe !== undefined) return { result: { ...about, outcome: 'invalid', reason: unsafe } };
    return await takeOver(importer, readSquareOrder(item, importer.businessDayOf));
  } catch (error) {
    return { result: { ...about, ...explain(importer, error, sourceId) } };
  }
}

function explain(
  { onBug }: Importer,
  error: unknown,
  sourceId: string | undefined,
): Pick<ItemResult, 'outcome' | 'code' | 'reason'> {
  if (error instanceof UnexpectedJsonError) return { outcome: 'invalid', reason: error.message };
  if (error instanceof NotTakenOverError) return { outcome: 'refused', reason: error.message };
  if (error instanceof TillstreamError && !error.retryable) {
    const { code, message } = error;
    if (code === 'idempotency_key_reused' || code === 'order_exists') {
      const reason = 'another version of this order was imported before; it stays as it was';
      return { outcome: 'changed', code, reason };
    }
    return { outcome: error.kind === 'malformed' ? 'invalid' : 'refused', code, reason: message };
  }
  if (error instanceof TillstreamError && !(error instanceof InvariantError)) throw error;
  onBug(error, sourceId);
  return { outcome: 'refused', code: 'internal', reason: 'something went wrong on our side' };
}

async function takeOver(importer: Importer, order: SquareOrder): Promise<Done> {
  const { storeId } = importer.context;
  const orderId = importer.digest
    .sha256(`${storeId}\nsquare-order\n${order.id}`)
    .slice(0, ENTITY_ID_LENGTH);
  const placed = await give(importer, orderId, order.commandId, order.command);
  const about = { sourceId: order.id, orderId } as const;
  let { position } = placed;
  const outcome = placed.repeated ? 'repeated' : 'imported';
  for (const step of order.later) {
    const after = await takeStep(importer, orderId, step);
    if ('reason' in after) return { result: { ...about, outcome, ...after }, position };
    position = laterOf(position, after.position);
  }
  return { result: { ...about, outcome }, position };
}

/** The sale is here, whatever becomes of what came after it. */
async function takeStep(
  importer: Importer,
  orderId: string,
  { commandId, command, businessDay }: LaterStep,
): Promise<{ position: Position } | { code: string; reason: string }> {
  try {
    return await give(importer, orderId, commandId, command, businessDay);
  } catch (error) {
    if (!(error instanceof TillstreamError) || error.retryable) throw error;
    const { code, message } = error;
    return { code, reason: `the sale was taken over, but not its ${command.type}: ${message}` };
  }
}

function give(
  importer: Importer,
  orderId: string,
  commandId: string,
  command: OrderCommand,
  businessDay = importer.context.businessDay,
) {
  const { context, envelope } = importer;
  return followUp(importer, orderDecider, {
    command,
    context: { ...context, businessDay, entityId: orderId, commandId },
    ...envelope,
  });
}
