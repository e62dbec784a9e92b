import type { IncomingHttpHeaders } from 'node:http';

import { RequestError } from '../problem.ts';
import type { Caller } from '../route.ts';

const BRANCH = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * The caller in the branch that the request names. A caller whose roles are all of one branch is in
 * that branch by default. @throws RequestError invalid_request.
 */
export function inBranch(caller: Caller, headers: IncomingHttpHeaders): Caller {
  const given = headers['x-branch-id'];
  if (given === undefined) {
    const branchId = onlyBranchOf(caller);
    return branchId === undefined ? caller : { ...caller, branchId };
  }
  if (typeof given === 'string' && BRANCH.test(given)) return { ...caller, branchId: given };
  const message = 'expected 1 to 64 letters, digits, _ and -';
  throw new RequestError('invalid_request', `header X-Branch-Id: ${message}`, [
    { in: 'header', path: '/x-branch-id', message },
  ]);
}

function onlyBranchOf({ grants }: Caller): string | undefined {
  const [first] = grants;
  if (first?.branchId === undefined) return undefined;
  return grants.every(({ branchId }) => branchId === first.branchId) ? first.branchId : undefined;
}
