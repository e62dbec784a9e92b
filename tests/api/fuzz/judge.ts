import type { TSchema } from '@sinclair/typebox';
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler';

import { ProblemSchema, statusOf } from '../../../src/api/problem.ts';
import type { Route } from '../../../src/api/route.ts';
import { registerFormats } from '../../../src/api/validation/formats.ts';
import { strictSchema } from '../../../src/api/validation/strict-schema.ts';
import { type ErrorCode, ERRORS } from '../../../src/domain/kernel/errors.ts';
import { type Answer, headerOf, isJson } from './answer.ts';
import { markOf, type Plan } from './plan.ts';
import type { Exchange } from './send.ts';

/** A request that is complete is answered within this, also beside seven others. */
export const TIME_LIMIT_MS = 5_000;
/** What the server answers itself to what is not a request: it has no code of its own for them. */
const NO_REQUEST = [400, 408, 431];
/** Words that only our insides know. */
const INSIDES = /node_modules|\/src\/|\/dist\/|SQLITE|libsql|node:internal|at Object\./;

export interface Judge {
  /** What is wrong with an answer; nothing when all is as promised. */
  findings(plan: Plan, exchange: Exchange, target: string): string[];
  /** The route that a request reaches. */
  routeOf(method: string, target: string): Route | undefined;
}

export function createJudge(routes: readonly Route[]): Judge {
  registerFormats();
  const compiled = new Map<TSchema, TypeCheck<TSchema>>();
  const fits = (schema: TSchema, value: unknown): string | undefined => {
    const check = compiled.get(schema) ?? TypeCompiler.Compile(strictSchema(schema));
    compiled.set(schema, check);
    const error = check.Errors(value).First();
    return error && `${error.path}: ${error.message}`;
  };
  const table = routes.map((route) => ({
    route,
    path: new RegExp(`^${route.path.replaceAll(/:\w+/g, '[^/]+?').replaceAll('.', '\\.')}/?$`),
  }));

  function routeOf(method: string, target: string): Route | undefined {
    const path = target.replace(/\?.*$/s, '');
    const wanted = method === 'HEAD' ? 'get' : method.toLowerCase();
    return table.find((one) => one.route.method === wanted && one.path.test(path))?.route;
  }

  function ofProblem(answer: Answer, hasBody: boolean): string[] {
    const type = headerOf(answer, 'content-type') ?? 'none';
    if (!type.startsWith('application/problem+json')) return [`an error as ${type}`];
    if (!hasBody) return [];
    const body = JSON.parse(answer.body) as { code: ErrorCode; status: number };
    const misfit = fits(ProblemSchema, body);
    if (misfit !== undefined) return [`a problem that does not fit its schema: ${misfit}`];
    if (!(body.code in ERRORS)) return [`the unknown code ${body.code}`];
    const own = body.code === 'invalid_request' && NO_REQUEST.includes(answer.status);
    const agree = body.status === answer.status && (own || statusOf(body.code) === answer.status);
    return agree ? [] : [`${body.code} with status ${answer.status}`];
  }

  function ofSuccess(answer: Answer, method: string, target: string): string[] {
    if (answer.status === 304) return [];
    if (answer.status === 302 && new URL(target, 'http://any').pathname === '/') return [];
    if (answer.status === 204) return method === 'OPTIONS' ? [] : ['204 to a request'];
    const route = routeOf(method, target);
    if (!route) return [`${answer.status} where no route is`];
    if (answer.status !== route.status) return [`${answer.status} instead of ${route.status}`];
    if (method === 'HEAD') return [];
    if (!isJson(answer)) return [];
    const misfit = fits(route.response, JSON.parse(answer.body));
    return misfit === undefined ? [] : [`an answer that does not fit its schema: ${misfit}`];
  }

  return {
    routeOf,
    findings(plan, { answer, tookMs }, target) {
      const found: string[] = [];
      if (tookMs > TIME_LIMIT_MS) found.push(`it took ${Math.round(tookMs)} ms`);
      if (!answer) {
        if (plan.delivery !== 'cut-off') found.push('no answer');
        return found;
      }
      const hasBody = plan.method !== 'HEAD';
      if (answer.status >= 500) found.push(`status ${answer.status}: ${answer.body.slice(0, 200)}`);
      else if (answer.status >= 400) found.push(...ofProblem(answer, hasBody));
      else found.push(...ofSuccess(answer, plan.method, target));
      // A limit is checked before the request is looked at.
      const isLimited = answer.status === 429;
      if (
        plan.expects &&
        hasBody &&
        !isLimited &&
        !answer.body.includes(`"code":"${plan.expects}"`)
      ) {
        found.push(`expected ${plan.expects}, found ${answer.status} ${answer.body.slice(0, 200)}`);
      }
      const foreign = markOf(plan.shop === 'a' ? 'b' : 'a');
      if (answer.text.includes(foreign)) found.push('a mark of the other shop');
      if (headerOf(answer, 'x-injected') !== undefined) found.push('an injected header');
      if (INSIDES.test(answer.body)) found.push(`our insides: ${answer.body.slice(0, 300)}`);
      return found;
    },
  };
}
