import type { SimReply } from '../shared/server.ts';

const NAMES: Readonly<Record<number, readonly [error: string, message: string]>> = {
  400: ['bad_request', 'bad request'],
  401: ['unauthorized', 'invalid access token'],
  404: ['not_found', 'resource not found'],
  409: ['idempotency_key_already_used', 'the idempotency key was used with another body'],
  423: ['locked', 'resource locked'],
  429: ['too_many_requests', 'too many requests'],
};

/** `{message, error, status, cause}`, as the provider writes it. */
export function errorBody(status: number, code?: number, description?: string) {
  const [error, message] = NAMES[status] ?? ['internal_error', 'internal error'];
  const cause = code === undefined ? [] : [{ code, description: description ?? message, data: '' }];
  return { message: description ?? message, error, status, cause };
}

export const failed = (status: number, code?: number, description?: string): SimReply => ({
  status,
  body: errorBody(status, code, description),
});
