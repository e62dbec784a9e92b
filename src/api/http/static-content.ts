import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import type { Request, Response } from 'express';

/** A large response that never changes, prepared once: every request sends the same bytes. */
export interface StaticContent {
  readonly type: string;
  readonly etag: string;
  readonly plain: Buffer;
  readonly gzip: Buffer;
}

const ETAG_LENGTH = 27;

const compressed = promisify(gzip);

export async function createStaticContent(type: string, text: string): Promise<StaticContent> {
  const plain = Buffer.from(text);
  const digest = createHash('sha256').update(plain).digest('base64url');
  const etag = `"${digest.slice(0, ETAG_LENGTH)}"`;
  return { type, etag, plain, gzip: await compressed(plain) };
}

/** Sends it, compressed where the caller takes that; 304 when the caller has it already. */
export function sendStatic(req: Request, res: Response, content: StaticContent): void {
  res.setHeader('Cache-Control', 'no-cache');
  res.setHeader('Vary', 'Accept-Encoding');
  res.setHeader('ETag', content.etag);
  if (hasIt(req.headers['if-none-match'], content.etag)) {
    res.statusCode = 304;
    res.end();
    return;
  }
  const takesGzip = /\bgzip\b/.test(req.headers['accept-encoding'] ?? '');
  const bytes = takesGzip ? content.gzip : content.plain;
  if (takesGzip) res.setHeader('Content-Encoding', 'gzip');
  res.statusCode = 200;
  res.setHeader('Content-Type', content.type);
  res.setHeader('Content-Length', bytes.length);
  res.end(req.method === 'HEAD' ? undefined : bytes);
}

function hasIt(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
