import type { Request } from 'express';

import type { CallerOrigin } from '../../domain/kernel/event.ts';
import type { Caller } from '../route.ts';

const MAX_ADDRESS_LENGTH = 64;

/**
 * The network address of the caller: that of the connection, or, behind proxies that the setting
 * `TRUSTED_PROXIES` names, the one that they forward.
 */
export function addressOf(req: Request): string | undefined {
  // Absent where a request has no socket.
  const { ip } = req as { readonly ip?: string };
  return ip?.slice(0, MAX_ADDRESS_LENGTH);
}

/** From where a request came, as the events that it causes keep it. */
export function originOf(req: Request, caller: Caller | undefined): CallerOrigin {
  return {
    address: addressOf(req),
    userAgent: req.headers['user-agent'],
    sessionId: caller?.sessionId,
  };
}
