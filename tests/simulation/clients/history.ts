import type { SimRequest, SimResponse } from '../nodes/api.ts';

/** What a client wants done, once, whatever happens on the way. */
export interface Wish {
  readonly shop: string;
  readonly operation: string;
  readonly request: SimRequest;
  /** Its Idempotency-Key. */
  readonly key: string;
}

/** A command and all that its client has learned about it. */
export interface HistoryEntry extends Wish {
  readonly client: string;
  /** Its client leaves after the first try, whatever comes of it, and never asks again. */
  readonly abandoned: boolean;
  attempts: number;
  /** The answer that settles it; undefined while its outcome is unknown. */
  answer: SimResponse | undefined;
  /** Settled answers to later repeats of the same request. */
  readonly repeats: SimResponse[];
  /** Answers to the same key with another body. */
  readonly abuses: SimResponse[];
}

/** A query of a client that named the position of a write which it had seen acknowledged. */
export interface Reading {
  readonly shop: string;
  readonly request: SimRequest;
  readonly response: SimResponse;
  readonly after: HistoryEntry;
  /** How far the log had come when it was asked. */
  readonly askedAtEvent: number;
}

export interface History {
  readonly entries: HistoryEntry[];
  readonly readings: Reading[];
}

/** A recorded decision, a refusal as well, tells its place in the log. */
export function isRecorded(answer: SimResponse | undefined): answer is SimResponse {
  return answer?.headers['tillstream-position'] !== undefined;
}

/** Read once, since several checkers ask for it. */
export function bodyOf(response: SimResponse): Record<string, unknown> {
  response.read ??= JSON.parse(response.body) as Record<string, unknown>;
  return response.read;
}

/** Answers after which the same request may still be carried out. */
const OPEN_CODES = ['command_in_flight', 'contention', 'not_caught_up', 'too_many_requests'];

export function isSettled({ status, body }: SimResponse): boolean {
  if (status >= 500) return false;
  if (status !== 409 && status !== 425 && status !== 429) return true;
  return !OPEN_CODES.some((code) => body.includes(`"${code}"`));
}
