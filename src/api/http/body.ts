import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';

import express from 'express';

import { RequestError } from '../problem.ts';

const JSON_TYPE = /^application\/json *(?:; *charset="?utf-8"? *)?$/i;
const MAX_QUOTED_PROBLEM = 200;

/** The connection ended before the request did, so no client can get a response. */
export class RequestAbortedError extends Error {}

type Parse = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void;

/** An error of the parser; its `type` names the cause. */
interface ParserError {
  readonly type?: string;
  readonly message?: string;
}

const texts = new WeakMap<IncomingMessage, string>();

/** The body as it came, of a request whose reader keeps it. */
export function bodyText(req: IncomingMessage): string {
  return texts.get(req) ?? '';
}

/**
 * Reads a JSON body within its limit; undefined when there is none.
 * @throws RequestError unsupported_media_type, body_too_large, malformed_json.
 * @throws RequestAbortedError
 */
export function createBodyReader(
  limitBytes: number,
  { keepsText = false }: { readonly keepsText?: boolean } = {},
): (req: IncomingMessage, res: ServerResponse) => Promise<unknown> {
  const parse: Parse = express.json({
    limit: limitBytes,
    strict: true,
    inflate: false,
    type: () => true,
    verify: (req, _res, bytes) => {
      if (!isUtf8(bytes)) throw new Error('the body is not UTF-8');
      if (keepsText) texts.set(req, bytes.toString('utf8'));
    },
  });
  return async (req, res) => {
    if (!hasBody(req)) return undefined;
    const type = req.headers['content-type'] ?? 'none';
    if (!JSON_TYPE.test(type)) {
      throw new RequestError(
        'unsupported_media_type',
        `expected Content-Type application/json in UTF-8, found ${type.slice(0, 100)}`,
      );
    }
    await parsed(parse, req, res, limitBytes);
    return (req as IncomingMessage & { body?: unknown }).body;
  };
}

/**
 * Reads a body of any type within its limit, as it came.
 * @throws RequestError unsupported_media_type for one that is compressed, body_too_large.
 * @throws RequestAbortedError
 */
export function createRawReader(
  limitBytes: number,
): (req: IncomingMessage, res: ServerResponse) => Promise<Uint8Array> {
  const parse: Parse = express.raw({ limit: limitBytes, inflate: false, type: () => true });
  return async (req, res) => {
    if (!hasBody(req)) return new Uint8Array();
    await parsed(parse, req, res, limitBytes);
    return (req as IncomingMessage & { body: Uint8Array }).body;
  };
}

function parsed(
  parse: Parse,
  req: IncomingMessage,
  res: ServerResponse,
  limitBytes: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    parse(req, res, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(translate(error as ParserError, limitBytes));
    });
  });
}

function hasBody({ headers }: IncomingMessage): boolean {
  if (headers['transfer-encoding'] !== undefined) return true;
  const length = headers['content-length'];
  return length !== undefined && length !== '0';
}

function translate(error: ParserError, limitBytes: number): Error {
  switch (error.type) {
    case 'entity.too.large':
      return new RequestError('body_too_large', `expected at most ${limitBytes} bytes of body`);
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return new RequestError(
        'unsupported_media_type',
        'expected an unencoded body in UTF-8, found another Content-Encoding or charset',
      );
    case 'request.aborted':
      return new RequestAbortedError('the connection ended before the body did');
    default:
      return malformed(error.message ?? 'it cannot be read');
  }
}

function malformed(problem: string): RequestError {
  const quoted = problem.slice(0, MAX_QUOTED_PROBLEM);
  return new RequestError('malformed_json', `expected a JSON object: ${quoted}`);
}
