import type { AppendOutcome, ExpectedRevision } from '../../ports/event-log.ts';
import { tooLarge } from '../shared/append-outcomes.ts';

/**
 * The errors of the client have no common shape: most have a `type`, some only a gRPC `code`, a few
 * neither, and some have an empty message.
 */
interface ClientError {
  readonly type?: unknown;
  readonly code?: unknown;
  readonly actualVersion?: unknown;
}

/** The replies of the server about one append. Other errors leave its outcome unknown. */
type Refusal = Extract<AppendOutcome, { outcome: 'conflict' | 'failed' }>;

export function typeOf(error: unknown): string | undefined {
  const type = (error as ClientError | null)?.type;
  return typeof type === 'string' ? type : undefined;
}

/** The error to throw: always an Error with a message. */
export function describeFailure(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(`expected an answer, found ${String(error)}`);
  if (error.message !== '') return error;
  return new Error(`EventStoreDB answered ${typeOf(error) ?? 'an error'}`, { cause: error });
}

/** Undefined when the error leaves open whether the append was stored. */
export function refusalOf(error: unknown): Refusal | undefined {
  switch (typeOf(error)) {
    case 'wrong-expected-version':
      return { outcome: 'conflict', actual: actualOf((error as ClientError).actualVersion) };
    case 'maximum-append-size-exceeded':
      return tooLarge(describeFailure(error));
    default:
      return undefined;
  }
}

function actualOf(version: unknown): ExpectedRevision {
  return typeof version === 'bigint' ? Number(version) : 'no-stream';
}

/** The reply of the server to a position in the whole log at which no event can be. */
export function isBadPosition(error: unknown): boolean {
  return error instanceof Error && error.message.includes('Unexpected ReadAllResult');
}
