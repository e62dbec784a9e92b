import type { Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';

import { invariant } from '../../domain/kernel/invariant.ts';

/**
 * JSON loads nothing and must not be framed. Headers that only matter to pages in old browsers are
 * left out: they would make up a third of a small response.
 */
export function apiHeaders(): RequestHandler {
  return computedOnce(
    helmet({
      originAgentCluster: false,
      xDnsPrefetchControl: false,
      xDownloadOptions: false,
      xPermittedCrossDomainPolicies: false,
      xXssProtection: false,
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
      },
    }),
  );
}

/**
 * For the documentation pages: everything from this server, nothing inline but styles, which the
 * viewer sets on elements.
 */
export function pageHeaders(): RequestHandler {
  return computedOnce(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: ["'self'"],
          styleSrc: ["'self'", "'unsafe-inline'"],
          imgSrc: ["'self'", 'data:'],
          fontSrc: ["'self'"],
          connectSrc: ["'self'"],
          baseUri: ["'none'"],
          formAction: ["'none'"],
          frameAncestors: ["'none'"],
        },
      },
    }),
  );
}

/** The headers do not depend on the request: they are computed at the start, not for each. */
function computedOnce(handler: RequestHandler): RequestHandler {
  const headers: [string, string][] = [];
  const recorder = {
    setHeader: (name: string, value: string) => headers.push([name, value]),
    removeHeader: () => undefined,
  };
  const none: unknown = undefined;
  handler(none as Request, recorder as unknown as Response, (error?: unknown) => {
    invariant(error === undefined, 'headers that are valid', {});
  });
  return (_req, res, next) => {
    for (const [name, value] of headers) res.setHeader(name, value);
    next();
  };
}
