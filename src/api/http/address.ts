import type { Request } from 'express';

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
