import { MAX_SETTLED_ID_LENGTH } from '../../../commands/settlement/settle-order.ts';
import { RequestError } from '../../problem.ts';

/** @throws RequestError when ids made from the key would be too long to store. */
export function assertSettleable(commandId: string): void {
  if (commandId.length <= MAX_SETTLED_ID_LENGTH) return;
  const message = `expected at most ${MAX_SETTLED_ID_LENGTH} characters, found ${commandId.length}`;
  throw new RequestError('invalid_request', `header Idempotency-Key: ${message}`, [
    { in: 'header', path: '/Idempotency-Key', message },
  ]);
}
