import type { Db, Document } from 'mongodb';

import type { Lease, Leases } from '../../ports/lease.ts';
import { isDuplicateKey } from './bulk.ts';
import { MAJORITY } from './connection.ts';
import { type MongoTimeouts, within } from './time-limits.ts';

interface StoredLease extends Document {
  readonly _id: string;
  readonly holder: string;
  readonly token: number;
  readonly until: Date;
  /** When it was last taken or renewed. */
  readonly since: Date;
}

/**
 * Leases by the clock of the server, which decides in one step who has one. What it has answered
 * survives the loss of a minority of its nodes: a token is never handed out twice.
 */
export function createLeases(db: Db, { readMs }: MongoTimeouts): Leases {
  const collection = db.collection<StoredLease>('leases', MAJORITY);

  /** Undefined when somebody else has it, and also when nobody ever had it. */
  async function take(name: string, holder: string, ttlMs: number): Promise<Lease | undefined> {
    const holds = { $gt: ['$until', '$$NOW'] };
    const isMine = { $eq: ['$holder', { $literal: holder }] };
    const token = { $cond: [{ $and: [holds, isMine] }, '$token', { $add: ['$token', 1] }] };
    const until = { $add: ['$$NOW', ttlMs] };
    const stored = await collection.findOneAndUpdate(
      { _id: name, $expr: { $or: [isMine, { $not: [holds] }] } },
      [{ $set: { holder: { $literal: holder }, token, until, since: '$$NOW' } }],
      { returnDocument: 'after' },
    );
    if (!stored) return undefined;
    const expiresInMs = stored.until.getTime() - stored.since.getTime();
    return { name, holder, token: stored.token, expiresInMs };
  }

  async function acquire(name: string, holder: string, ttlMs: number): Promise<Lease | undefined> {
    const taken = await take(name, holder, ttlMs);
    if (taken) return taken;
    const since = new Date(0);
    const free = { _id: name, holder: '', token: 0, until: since, since };
    try {
      await collection.insertOne(free);
    } catch (error) {
      if (isDuplicateKey(error)) return undefined;
      throw error;
    }
    return take(name, holder, ttlMs);
  }

  return {
    acquire: (name, holder, ttlMs) =>
      within(readMs, 'a lease to be taken', acquire(name, holder, ttlMs)),
    async release(name, holder) {
      const update = collection.updateOne({ _id: name, holder }, { $set: { until: new Date(0) } });
      await within(readMs, 'a lease to be given back', update);
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
      return within(readMs, 'the leases', found);
    },
  };
}
