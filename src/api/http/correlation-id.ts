import type { RequestHandler } from 'express';

import type { Ids } from '../../ports/ids.ts';
import { beginRequest } from './request-context.ts';

const SANE = /^[\w.:~+/=-]{1,100}$/;

/**
 * Every request has an id that goes on into events and log lines; the caller may bring its own
 * (H4).
 */
export function correlationId(ids: Ids): RequestHandler {
  return (req, res, next) => {
    const given = req.headers['x-correlation-id'];
    const id = typeof given === 'string' && SANE.test(given) ? given : ids.uuid();
    beginRequest(res, id);
    res.setHeader('X-Correlation-Id', id);
    next();
  };
}
