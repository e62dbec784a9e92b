import type { RequestHandler } from 'express';

import type { Ids } from '../../ports/ids.ts';
import { beginRequest } from './request-context.ts';

const SANE = /^[\w.:~+/=-]{1,100}$/;

/** Gives every request an id for events and log lines; the caller may send its own (H4). */
export function correlationId(ids: Ids): RequestHandler {
  return (req, res, next) => {
    const given = req.headers['x-correlation-id'];
    const id = typeof given === 'string' && SANE.test(given) ? given : ids.uuid();
    beginRequest(res, id);
    res.setHeader('X-Correlation-Id', id);
    next();
  };
}
