import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';

import type { Request, Response } from 'express';

import { formatPosition } from '../../domain/kernel/position.ts';
import type { ApiResponse } from '../route.ts';
import { etagOf, matchesRevision } from './headers.ts';
import { sendStatic } from './static-content.ts';

const JSON_TYPE = 'application/json; charset=utf-8';
/** Smaller responses are sent as they are: compressing them would take longer than sending. */
const MIN_COMPRESSED_BYTES = 16_384;
/** In the thread pool, so that large responses do not hold up other requests. */
const compress = promisify(gzip);
const FAST = { level: constants.Z_BEST_SPEED };

export interface RespondOptions {
  /** The response holds a secret: compressing it could expose the secret by its length. */
  readonly sensitive: boolean;
}

/**
 * Writes a response; a caller that has this revision already gets 304 and no body. Resolves once it
 * is written, not once it is sent.
 */
export async function respond(
  req: Request,
  res: Response,
  response: ApiResponse<unknown>,
  { sensitive }: RespondOptions,
): Promise<void> {
  if (response.content) {
    sendStatic(req, res, response.content);
    return;
  }
  const { status, body, position, revision, location } = response;
  res.setHeader('Cache-Control', sensitive ? 'no-store' : 'private, no-cache');
  res.setHeader('Vary', 'Authorization, Accept-Encoding');
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
  const bytes = Buffer.byteLength(text);
  res.statusCode = status;
  res.setHeader('Content-Type', contentType);
  if (sensitive || bytes < MIN_COMPRESSED_BYTES || !takesGzip(req)) {
    res.setHeader('Content-Length', bytes);
    res.end(text);
    return;
  }
  const compressed = await compress(text, FAST);
  // The deadline has passed meanwhile, or the caller is gone.
  if (res.headersSent || res.destroyed) return;
  res.setHeader('Content-Encoding', 'gzip');
  res.setHeader('Content-Length', compressed.length);
  res.end(compressed);
}

/** A weight of 0 means: not at all (RFC 9110, section 12.5.3). */
function takesGzip(req: Request): boolean {
  const accepted = req.headers['accept-encoding'];
  if (typeof accepted !== 'string') return false;
  return accepted
    .split(',')
    .some((coding) => /^\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*$)[\d.]+\s*)?$/i.test(coding));
}
