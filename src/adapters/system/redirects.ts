import { UpstreamError } from '../../domain/kernel/errors.ts';
import type { HttpRequest, HttpResponse } from '../../ports/http-client.ts';

const REDIRECTS = [301, 302, 303, 307, 308];
/** What another origin may see of a request. */
const HARMLESS_HEADERS = ['accept', 'content-type', 'user-agent'];

/** Where a response leads; undefined for one that is no redirect. @throws UpstreamError. */
export function redirectTarget(from: string, { status, headers }: HttpResponse): URL | undefined {
  const { location } = headers;
  if (!REDIRECTS.includes(status) || location === undefined) return undefined;
  if (!URL.canParse(location, from)) {
    throw new UpstreamError(
      'upstream_invalid_response',
      `expected a redirect to a URL from ${new URL(from).origin}`,
    );
  }
  return new URL(location, from);
}

/**
 * The request after a redirect. As in browsers, 303 becomes GET, and so does POST at 301 and 302.
 * @throws UpstreamError destination_not_allowed for a body that would go to another origin, and for
 * one that leaves https.
 */
export function followed(request: HttpRequest, status: number, target: URL): HttpRequest {
  const from = new URL(request.url);
  const becomesGet =
    (status === 303 && request.method !== 'HEAD') ||
    ((status === 301 || status === 302) && request.method === 'POST');
  const { body, ...rest } = request;
  const sameOrigin = from.origin === target.origin;
  const leavesHttps = from.protocol === 'https:' && target.protocol !== 'https:';
  if (leavesHttps || (!sameOrigin && body !== undefined && !becomesGet)) {
    throw new UpstreamError(
      'destination_not_allowed',
      `expected no redirect of ${from.origin} to ${leavesHttps ? 'plain http' : 'another origin'}`,
    );
  }
  const headers = Object.fromEntries(
    Object.entries(request.headers ?? {}).filter(([name]) => {
      const lower = name.toLowerCase();
      if (becomesGet && lower.startsWith('content-')) return false;
      return sameOrigin || HARMLESS_HEADERS.includes(lower);
    }),
  );
  const kept = !becomesGet && body !== undefined ? { body } : {};
  return {
    ...rest,
    ...kept,
    method: becomesGet ? 'GET' : request.method,
    url: target.href,
    headers,
  };
}
