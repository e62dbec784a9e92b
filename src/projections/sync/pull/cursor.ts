import { DomainError } from '../../../domain/kernel/errors.ts';
import { formatPosition, parsePosition, type Position } from '../../../domain/kernel/position.ts';
import type { Digest } from '../../../ports/digest.ts';

/** Where a device stands in the log of its shop, and what it has got by then. */
export interface PullCursor {
  readonly storeId: string;
  readonly logId: string;
  readonly position: Position;
  /** The event at the position; absent: none stood there. */
  readonly eventId?: string | undefined;
  /** What was in its scope. */
  readonly scope: string;
  /** Over all that was sent before, page after page. */
  readonly checksum: string;
}

/** Longest cursor that is read. */
export const MAX_CURSOR_LENGTH = 2_000;

interface Signing {
  readonly digest: Digest;
  /** Of the shop. */
  readonly secret: string;
}

/** The text of a cursor, signed: it says nothing to a device, and cannot be changed by it. */
export function formatCursor(cursor: PullCursor, { digest, secret }: Signing): string {
  const { storeId, logId, position, eventId = '', scope, checksum } = cursor;
  const fields = [storeId, logId, formatPosition(position), eventId, scope, checksum];
  const said = Buffer.from(JSON.stringify(fields)).toString('base64url');
  return `${said}.${digest.hmacSha256(secret, said)}`;
}

function fieldsOf(said: string): readonly string[] | undefined {
  try {
    const fields = JSON.parse(Buffer.from(said, 'base64url').toString('utf8')) as unknown;
    const isText = Array.isArray(fields) && fields.every((each) => typeof each === 'string');
    return isText && fields.length === 6 ? fields : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What a cursor says.
 * @throws DomainError cursor_of_other_shop, cursor_invalid for one that was not made here.
 */
export function readCursor(text: string, storeId: string, { digest, secret }: Signing): PullCursor {
  const [said = '', signature = '', ...more] = text.split('.');
  const fields = more.length === 0 ? fieldsOf(said) : undefined;
  const [owner, logId = '', at = '', eventId = '', scope = '', checksum = ''] = fields ?? [];
  if (owner !== undefined && owner !== storeId) {
    throw new DomainError('cursor_of_other_shop', 'expected a cursor of this shop');
  }
  const position = parsePosition(at);
  const expected = digest.hmacSha256(secret, said);
  // Compared by their hashes, whose first difference says nothing.
  const isSigned = digest.sha256(expected) === digest.sha256(signature);
  if (!fields || !position || !isSigned) {
    throw new DomainError('cursor_invalid', 'expected a cursor from an earlier page');
  }
  return { storeId, logId, position, eventId: eventId || undefined, scope, checksum };
}
