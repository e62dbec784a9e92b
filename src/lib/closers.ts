/** Collects what has to be closed, while a system is being opened piece by piece. */
export interface Closers {
  add(close: () => unknown): void;
  /**
   * Closes the newest first, one after the other; each is called once, also when this is called
   * again. Rejects with the first error, and leaves what was opened earlier open.
   */
  closeAll(): Promise<void>;
}

export function createClosers(): Closers {
  const closers: (() => unknown)[] = [];
  return {
    add(close) {
      closers.push(close);
    },
    async closeAll() {
      for (const close of closers.splice(0).reverse()) await close();
    },
  };
}
