import type { Request, Response } from 'express';

import { formatPosition } from '../../domain/kernel/position.ts';
import type { ApiResponse } from '../route.ts';
import { etagOf, matchesRevision } from './headers.ts';
import { sendStatic } from './static-content.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Writes a response; a caller that has this revision already gets 304 and no body. */
export function respond(req: Request, res: Response, response: ApiResponse<unknown>): void {
  if (response.content) {
    sendStatic(req, res, response.content);
    return;
  }
  const { status, body, position, revision, location } = response;
  res.setHeader('Cache-Control', 'private, no-cache');
  res.setHeader('Vary', 'Authorization');
  if (position) res.setHeader('Tillstream-Position', formatPosition(position));
  if (location !== undefined) res.setHeader('Location', location);
  if (revision !== undefined) {
    res.setHeader('ETag', etagOf(revision));
    const isRead = req.method === 'GET' || req.method === 'HEAD';
    if (isRead && matchesRevision(req.headers['if-none-match'], revision)) {
      res.statusCode = 304;
      res.end();
      return;
    }
  }
  const { contentType = JSON_TYPE } = response;
  const text = response.contentType === undefined ? JSON.stringify(body) : String(body);
  res.statusCode = status;
  res.setHeader('Content-Type', contentType);
  res.setHeader('Content-Length', Buffer.byteLength(text));
  res.end(text);
}
