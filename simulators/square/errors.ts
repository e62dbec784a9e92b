import type { SimReply } from '../shared/server.ts';

const BY_STATUS: Readonly<Record<number, readonly [category: string, code: string]>> = {
  400: ['INVALID_REQUEST_ERROR', 'BAD_REQUEST'],
  401: ['AUTHENTICATION_ERROR', 'UNAUTHORIZED'],
  403: ['AUTHENTICATION_ERROR', 'INSUFFICIENT_SCOPES'],
  404: ['INVALID_REQUEST_ERROR', 'NOT_FOUND'],
  409: ['INVALID_REQUEST_ERROR', 'CONFLICT'],
  429: ['RATE_LIMIT_ERROR', 'RATE_LIMITED'],
  502: ['API_ERROR', 'BAD_GATEWAY'],
  503: ['API_ERROR', 'SERVICE_UNAVAILABLE'],
  504: ['API_ERROR', 'GATEWAY_TIMEOUT'],
};

interface Detail {
  readonly category?: string;
  readonly code?: string;
  readonly detail?: string;
  readonly field?: string;
}

/** `{errors: [{category, code, detail, field}]}`, as the provider writes it. */
export function errorBody(status: number, more: Detail = {}) {
  const [category, code] = BY_STATUS[status] ?? ['API_ERROR', 'INTERNAL_SERVER_ERROR'];
  return { errors: [{ category, code, ...more }] };
}

export const failed = (status: number, more: Detail = {}): SimReply => ({
  status,
  body: errorBody(status, more),
});

export const invalid = (code: string, detail: string, field?: string): SimReply =>
  failed(400, { code, detail, ...(field !== undefined && { field }) });

export const notFound = (what: string): SimReply =>
  failed(404, { detail: `${what} was not found.` });
