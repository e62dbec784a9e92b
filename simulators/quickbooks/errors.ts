import type { SimReply } from '../shared/server.ts';

type FaultType =
  | 'ValidationFault'
  | 'AuthenticationFault'
  | 'AuthorizationFault'
  | 'SystemFault'
  | 'ThrottleFault';

interface Known {
  readonly code: string;
  readonly message: string;
  readonly type: FaultType;
}

const BY_STATUS: Readonly<Record<number, Known>> = {
  400: {
    code: '2010',
    message: 'Request has invalid or unsupported property',
    type: 'ValidationFault',
  },
  401: {
    code: '3200',
    message: 'message=AuthenticationFailed; errorCode=003200',
    type: 'AuthenticationFault',
  },
  403: { code: '3100', message: 'Application is not authorized', type: 'AuthorizationFault' },
  404: { code: '610', message: 'Object Not Found', type: 'ValidationFault' },
  429: { code: '003001', message: 'ThrottleExceeded', type: 'ThrottleFault' },
};
const OTHER: Known = {
  code: '10000',
  message: 'An application error has occurred',
  type: 'SystemFault',
};

export const TIME = '2026-01-01T00:00:00.000-08:00';

/** `{Fault: {Error: [{Message, Detail, code}], type}, time}`, as the provider writes it. */
export function errorBody(status: number, more: Partial<Known> & { detail?: string } = {}) {
  const { code, message, type, detail } = { ...(BY_STATUS[status] ?? OTHER), ...more };
  const error = { Message: message, Detail: detail ?? message, code };
  return { Fault: { Error: [error], type }, time: TIME };
}

export const failed = (
  status: number,
  more: Partial<Known> & { detail?: string } = {},
): SimReply => ({ status, body: errorBody(status, more) });

/** A refusal of the business rules: status 400 with a code of its own. */
export const refused = (code: string, message: string, detail = message): SimReply =>
  failed(400, { code, message, detail });
