import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import {
  CATEGORY,
  createLogFile,
  FIND_HEAD,
  INSERT_EVENT,
  INSERT_STREAM,
} from '../inputs/log-file.ts';
import type { Measured, Running } from '../harness/task.ts';

export interface BareSaga {
  readonly folder: string;
  readonly providerUrl: string;
  readonly orders: number;
  /** Of these orders, so many are charged. */
  readonly charges: number;
  /** Orders in progress at one time. */
  readonly lanes: number;
  /** What the product wrote for one order, on average. */
  readonly appendsPerOrder: number;
  readonly eventsPerAppend: number;
  readonly bytesPerEvent: number;
}

interface Append {
  readonly stream: string;
  readonly done: () => void;
}

/**
 * The bare loop: for each order as many appends as the product made, one after the other, each in
 * one transaction with those of all orders in progress, and in the middle one charge at the
 * provider. It decides nothing, and has no reactions, timers, caches or read models.
 */
export async function setup(options: BareSaga): Promise<Running> {
  const db = createLogFile(join(options.folder, 'floor-log.db'), 'FULL');
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const findHead = db.prepare(FIND_HEAD).raw();
  const insertStream = db.prepare(INSERT_STREAM);
  const insertEvent = db.prepare(INSERT_EVENT);
  const text = JSON.stringify({ text: 'x'.repeat(Math.max(0, options.bytesPerEvent / 2 - 11)) });
  let waiting: Append[] = [];

  function store(stream: string): void {
    const recordedAt = new Date().toISOString();
    const head = findHead.get(stream) as [number, number | null] | undefined;
    const streamId = head?.[0] ?? insertStream.run(stream, CATEGORY).lastInsertRowid;
    const next = (head?.[1] ?? -1) + 1;
    for (let i = 0; i < options.eventsPerAppend; i++) {
      insertEvent.run(streamId, next + i, randomUUID(), 'Bare', text, text, recordedAt);
    }
  }

  function commitGroup(): void {
    const group = waiting;
    waiting = [];
    begin.run();
    for (const { stream } of group) store(stream);
    commit.run();
    for (const { done } of group) done();
  }

  function append(stream: string): Promise<void> {
    return new Promise((done) => {
      if (waiting.length === 0) setImmediate(commitGroup);
      waiting.push({ stream, done });
    });
  }

  async function charge(attemptId: string): Promise<void> {
    const response = await fetch(`${options.providerUrl}/v1/payments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ attemptId, amountMinor: 1_000, currency: 'EUR' }),
    });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`expected a charge, found ${response.status}`);
  }

  async function fulfil(number: number): Promise<void> {
    const stream = `bench.order-${randomUUID()}`;
    const half = Math.ceil(options.appendsPerOrder / 2);
    for (let i = 0; i < options.appendsPerOrder; i++) {
      if (i === half && number < options.charges) await charge(stream);
      await append(stream);
    }
  }

  async function round(): Promise<Measured> {
    let next = 0;
    const from = performance.now();
    const lane = async () => {
      while (next < options.orders) {
        const number = next;
        next += 1;
        await fulfil(number);
      }
    };
    await Promise.all(Array.from({ length: options.lanes }, lane));
    const tookMs = performance.now() - from;
    return { tookMs, perSecond: (options.orders * 1_000) / tookMs };
  }

  return {
    round,
    close: async () => {
      db.close();
    },
  };
}
