import type { CommandContext } from '../../domain/kernel/decider.ts';
import { InvariantError, TillstreamError } from '../../domain/kernel/errors.ts';
import { comparePositions, type Position } from '../../domain/kernel/position.ts';
import type { OrderCommand } from '../../domain/orders/index.ts';
import { orderDecider } from '../../domain/orders/index.ts';
import type { CommandEngine, CommandRequest } from '../../engine/commands/command-engine.ts';
import { followUp } from '../../engine/commands/follow-up.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Digest } from '../../ports/digest.ts';
import { actionFor, ITEM_CODES } from './codes.ts';
import { JsonNode, type Notice, UnexpectedJsonError } from './json-node.ts';
import {
  type LaterStep,
  NotImportedError,
  readSquareOrder,
  squareIdOf,
  type SquareOrder,
} from './order.ts';
import { type Outcome, OUTCOMES } from './outcomes.ts';
import { placeOfRefusal } from './refusal-place.ts';

/** Enough orders in flight to share commits. */
const MAX_CONCURRENT_ORDERS = 32;
const ENTITY_ID_LENGTH = 32;

/** An order as received, and the JSON pointer to it in the request body. */
export interface ImportItem {
  readonly value: unknown;
  readonly path: string;
}

export interface ItemResult {
  /** Place in the list, from 0. */
  readonly index: number;
  readonly sourceId?: string;
  readonly outcome: Outcome;
  readonly orderId?: string;
  /** Of the import or of the error table; present unless the whole order was imported. */
  readonly code?: string;
  /** JSON pointer to the field at fault. */
  readonly path?: string;
  /** For people: the path, and what was expected and found there. */
  readonly reason?: string;
  /** For people: what to do about it. */
  readonly action?: string;
  /** What the import left out or shortened. */
  readonly notices?: readonly Notice[];
}

export interface ImportReport {
  readonly items: readonly ItemResult[];
  readonly counts: Readonly<Record<Outcome, number>>;
  /** Of the last recorded event; undefined when the import recorded none. */
  readonly position: Position | undefined;
}

/** The caller's shop and identity, and the ports that an import needs. */
export interface Importer {
  readonly commands: CommandEngine;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly context: Pick<CommandContext, 'storeId' | 'now' | 'businessDay'>;
  readonly envelope: Pick<CommandRequest, 'actor' | 'correlationId' | 'causationId' | 'origin'>;
  /** The shop's business day of a time. @throws UnexpectedJsonError unless it is RFC 3339. */
  readonly businessDayOf: (instant: JsonNode) => string;
  /** Resolves when the shop may compute again: an order can be large, and others wait meanwhile. */
  readonly takeTurn: () => Promise<void>;
  /** Logs an error that no rule explains. The other items continue. */
  readonly onUnexpectedError: (error: unknown, sourceId: string | undefined) => void;
}

function laterOf(a: Position | undefined, b: Position): Position {
  return a && comparePositions(a, b) > 0 ? a : b;
}

interface Done {
  readonly result: Omit<ItemResult, 'index'>;
  readonly position?: Position;
}

/**
 * Imports orders, each by itself: a refused order does not stop the others. The same version of an
 * order is imported once, however often it comes; a later version of an imported order is followed,
 * and an earlier one is passed over. Without versions, another content is only reported.
 * @throws UpstreamError when the log accepts no commands: repeat the whole import.
 */
export async function importSquareOrders(
  importer: Importer,
  items: readonly ImportItem[],
): Promise<ImportReport> {
  const done: Done[] = new Array<Done>(items.length);
  let next = 0;
  const work = async (): Promise<void> => {
    try {
      for (let i = next++; i < items.length; i = next++) {
        const item = items[i];
        await importer.takeTurn();
        if (item) done[i] = await importItem(importer, item);
      }
    } finally {
      // After an error of one worker, the others finish their current order and stop.
      next = items.length;
    }
  };
  await Promise.all(Array.from({ length: Math.min(MAX_CONCURRENT_ORDERS, items.length) }, work));
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

type Failure = Pick<ItemResult, 'outcome' | 'code' | 'path' | 'reason' | 'action'>;

async function importItem(importer: Importer, { value, path }: ImportItem): Promise<Done> {
  const sourceId = squareIdOf(value);
  const about = sourceId === undefined ? {} : { sourceId };
  const node = new JsonNode(value, path);
  let order: SquareOrder | undefined;
  try {
    order = readSquareOrder(node, importer.businessDayOf);
    const { result, ...rest } = await importOrder(importer, order);
    const { notices } = node;
    return { result: { ...about, ...result, ...(notices.length > 0 && { notices }) }, ...rest };
  } catch (error) {
    const failure =
      explain(error) ??
      refusalOf(error, order, path) ??
      unexpected(importer, error, path, sourceId);
    return { result: { ...about, ...failure } };
  }
}

function failureAt(outcome: Outcome, code: string, path: string, message: string): Failure {
  return { outcome, code, path, reason: `${path}: ${message}`, action: actionFor(code) };
}

/** Why the order could not be read, or is not to be imported. */
function explain(error: unknown): Failure | undefined {
  if (error instanceof UnexpectedJsonError) {
    return failureAt('invalid', 'invalid_order', error.path, error.message);
  }
  if (!(error instanceof NotImportedError)) return undefined;
  const { code, path, message } = error;
  const outcome = code === 'total_mismatch' ? 'refused' : ITEM_CODES[code].outcome;
  return failureAt(outcome, code, path, message);
}

/** Why the rules refused the order. @throws TillstreamError that a repeated import can overcome. */
function refusalOf(
  error: unknown,
  order: SquareOrder | undefined,
  root: string,
): Failure | undefined {
  if (!(error instanceof TillstreamError) || error instanceof InvariantError) return undefined;
  if (error.retryable) throw error;
  const { code, kind, message } = error;
  const path = order ? `${root}${placeOfRefusal(error, order.command.data)}` : root;
  if (code === 'idempotency_key_reused' || code === 'order_exists') {
    const reason = 'another version of this order was imported before; that one is unchanged';
    return failureAt('changed', code, path, reason);
  }
  return failureAt(kind === 'malformed' ? 'invalid' : 'refused', code, path, message);
}

function unexpected(
  { onUnexpectedError }: Importer,
  error: unknown,
  root: string,
  sourceId: string | undefined,
): Failure {
  onUnexpectedError(error, sourceId);
  return failureAt('refused', 'internal', root, 'the import failed with an internal error');
}

async function importOrder(importer: Importer, order: SquareOrder): Promise<Done> {
  const { storeId } = importer.context;
  const orderId = importer.digest
    .sha256(`${storeId}\nsquare-order\n${order.id}`)
    .slice(0, ENTITY_ID_LENGTH);
  const taken = await takeOver(importer, orderId, order);
  const imported = { outcome: taken.outcome, orderId } as const;
  let { position } = taken;
  for (const step of order.later) {
    // A report that it was delivered is of one version, and the next one would only repeat it.
    if (step.command.type === 'ReportStatus' && taken.isDelivered) continue;
    const after = await takeStep(importer, orderId, step);
    if (!('position' in after)) {
      return { result: { ...imported, ...after }, ...(position && { position }) };
    }
    position = laterOf(position, after.position);
  }
  return { result: imported, ...(position && { position }) };
}

interface TakenOver {
  readonly outcome: Outcome;
  readonly isDelivered: boolean;
  readonly position?: Position;
}

/** Imports it, or follows its later version; races with other versions of it are decided here. */
async function takeOver(
  importer: Importer,
  orderId: string,
  order: SquareOrder,
): Promise<TakenOver> {
  const { command, commandId } = order;
  const { version } = command.data.source;
  const { storeId } = importer.context;
  const { state } = await importer.commands.load(orderDecider, storeId, orderId);
  const isDelivered = ['DELIVERED', 'CANCELLED', 'REFUNDED'].includes(state.status);
  if (state.status === 'none' || version === undefined || state.importedVersion === version) {
    try {
      const { repeated, position } = await dispatch(importer, orderId, commandId, command);
      return { outcome: repeated ? 'repeated' : 'imported', position, isDelivered };
    } catch (error) {
      const isThere = error instanceof TillstreamError && error.code === 'order_exists';
      if (!isThere || version === undefined || state.status !== 'none') throw error;
      // Another version of it was first.
      return takeOver(importer, orderId, order);
    }
  }
  if (version < (state.source?.version ?? -1)) return { outcome: 'repeated', isDelivered };
  // What changed late is of the day on which it becomes known: that of its sale may be closed.
  const follow = { type: 'FollowProvider', data: command.data } as const;
  const followId = `${commandId} followed`;
  const followed = await dispatch(importer, orderId, followId, follow);
  const isNew = !followed.repeated && followed.events.length > 0;
  return { outcome: isNew ? 'changed' : 'repeated', position: followed.position, isDelivered };
}

/** A step that is refused does not undo the sale, which is imported. */
async function takeStep(
  importer: Importer,
  orderId: string,
  { commandId, command, businessDay, path }: LaterStep,
): Promise<{ position: Position } | Omit<Failure, 'outcome'>> {
  try {
    return await dispatch(importer, orderId, commandId, command, businessDay);
  } catch (error) {
    if (!(error instanceof TillstreamError) || error.retryable) throw error;
    const { code, message } = error;
    const reason = `${path}: the sale was imported, but not its ${command.type}: ${message}`;
    return { code, path, reason, action: actionFor(code) };
  }
}

function dispatch(
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
