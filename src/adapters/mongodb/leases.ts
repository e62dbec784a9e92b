import type { Db, Document } from 'mongodb';

import type { Lease, Leases } from '../../ports/lease.ts';
import { isDuplicateKey } from './bulk.ts';
import { MAJORITY } from './connection.ts';
import { type MongoTimeouts, withinTimeout } from './time-limits.ts';

interface StoredLease extends Document {
  readonly _id: string;
  readonly holder: string;
  readonly token: number;
  readonly until: Date;
  /** When it was last acquired or renewed. */
  readonly since: Date;
}

/**
 * Leases by the clock of the server, which decides the holder in one step. An acknowledged lease
 * survives the loss of a minority of the nodes: no token is issued twice.
 */
export function createLeases(db: Db, { readMs }: MongoTimeouts): Leases {
  const collection = db.collection<StoredLease>('leases', MAJORITY);

  /** Undefined while another holder has it, and also when it was never acquired before. */
  async function takeOver(name: string, holder: string, ttlMs: number): Promise<Lease | undefined> {
    const isHeld = { $gt: ['$until', '$$NOW'] };
    const isOwn = { $eq: ['$holder', { $literal: holder }] };
    const token = { $cond: [{ $and: [isHeld, isOwn] }, '$token', { $add: ['$token', 1] }] };
    const until = { $add: ['$$NOW', ttlMs] };
    const stored = await collection.findOneAndUpdate(
      { _id: name, $expr: { $or: [isOwn, { $not: [isHeld] }] } },
      [{ $set: { holder: { $literal: holder }, token, until, since: '$$NOW' } }],
      { returnDocument: 'after' },
    );
    if (!stored) return undefined;
    const expiresInMs = stored.until.getTime() - stored.since.getTime();
    return { name, holder, token: stored.token, expiresInMs };
  }

  async function acquire(name: string, holder: string, ttlMs: number): Promise<Lease | undefined> {
    const taken = await takeOver(name, holder, ttlMs);
    if (taken) return taken;
    const since = new Date(0);
    const free = { _id: name, holder: '', token: 0, until: since, since };
    try {
      await collection.insertOne(free);
    } catch (error) {
      if (isDuplicateKey(error)) return undefined;
      throw error;
    }
    return takeOver(name, holder, ttlMs);
  }

  return {
    acquire: (name, holder, ttlMs) =>
      withinTimeout(readMs, 'a lease to be acquired', acquire(name, holder, ttlMs)),
    async release(name, holder) {
      const update = collection.updateOne({ _id: name, holder }, { $set: { until: new Date(0) } });
      await withinTimeout(readMs, 'a lease to be released', update);
    },
    async held() {
      const found = collection
        .aggregate<Lease>(
          [
            { $match: { $expr: { $gt: ['$until', '$$NOW'] } } },
            { $sort: { _id: 1 } },
            {
              $project: {
                ...{ _id: 0, name: '$_id', holder: 1, token: 1 },
                expiresInMs: { $subtract: ['$until', '$$NOW'] },
              },
            },
          ],
          { maxTimeMS: readMs },
        )
        .toArray();
      return withinTimeout(readMs, 'the leases', found);
    },
  };
}
