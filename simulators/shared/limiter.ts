/** The rate limit of a provider: how many requests fit in a second. 0: no limit. */
export function createLimiter(now: () => number) {
  let requestsPerSecond = 0;
  let second = 0;
  let inSecond = 0;
  return {
    set(value: number): void {
      requestsPerSecond = value;
    },
    isOver(): boolean {
      if (requestsPerSecond === 0) return false;
      const current = Math.floor(now() / 1_000);
      if (second !== current) [second, inSecond] = [current, 0];
      inSecond += 1;
      return inSecond > requestsPerSecond;
    },
  };
}

export type Limiter = ReturnType<typeof createLimiter>;
