import { randomUUID } from 'node:crypto';

import { adminKey } from './server.ts';

const PASSWORD = 'seven wet umbrellas';

/** Adds a manager, who can sign in. @returns the body of its sign-in. */
export async function addUser(url: string, key: string, email: string): Promise<string> {
  await post(`${url}/users`, adminKey(key), {
    ...{ email, password: PASSWORD, firstName: 'Bench' },
    roles: [{ role: 'manager' }],
  });
  return JSON.stringify({ email, password: PASSWORD });
}

/** @returns an access token, which is valid for 15 minutes. */
export async function signIn(url: string, body: string): Promise<string> {
  const { accessToken } = await post(`${url}/auth/login`, undefined, JSON.parse(body));
  return String(accessToken);
}

async function post(
  url: string,
  key: string | undefined,
  body: unknown,
): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify(body),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`expected ${url} to succeed, found ${answer}`);
  return JSON.parse(answer) as Record<string, unknown>;
}
