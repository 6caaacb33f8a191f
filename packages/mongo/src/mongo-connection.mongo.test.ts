import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { isFault } from '@quantrac/event-sourcing';
import mongoose from 'mongoose';
import { losingAnswers } from './losing-answers.ts';
import { asFault, asking, connectToMongo } from './mongo-connection.ts';
import { mongoUrl } from './mongo-stores-under-test.ts';

test('a service connects to its own database', async () => {
  const { database, close } = await connectToMongo(mongoUrl(), 'test-connection');
  assert.equal(database.databaseName, 'test-connection');
  await database.collection('things').insertOne({ a: 1 });
  assert.equal(await database.collection('things').countDocuments(), 1);
  await database.dropDatabase();
  await close();
});

test('a server that is away is told in a sentence within seconds', async () => {
  await assert.rejects(
    connectToMongo('mongodb://127.0.0.1:1', 'test'),
    (error) => isFault(error, 'MongoAway') && error.kind === 'unavailable',
  );
});

test('a URL that is none is told as a setting that is wrong', async () => {
  await assert.rejects(connectToMongo('nonsense', 'test'), (error) => isFault(error, 'MongoUrlInvalid'));
});

test('a write whose answer is lost is told as a server that is away, alone and in bulk, though it is done', async (t) => {
  const { database, loseAnswerTo } = await losingAnswers(t, `test-${randomUUID().slice(0, 18)}`);
  const things = database.collection<{ _id: number }>('things');
  const writes: (() => Promise<unknown>)[] = [
    () => things.insertOne({ _id: 1 }),
    () => things.insertMany([{ _id: 2 }]),
    () => things.bulkWrite([{ insertOne: { document: { _id: 3 } } }]),
  ];
  for (const [before, write] of writes.entries()) {
    loseAnswerTo('insert');
    await assert.rejects(asking(write), (error) => isFault(error, 'MongoAway') && error.kind === 'unavailable');
    assert.equal(await things.countDocuments(), before + 1);
  }
});

test('a server that steps down is told as one that is away', () => {
  for (const code of [91, 189, 10_107, 11_602])
    assert.ok(isFault(asFault(new mongoose.mongo.MongoServerError({ code, message: 'not primary' })), 'MongoAway'));
  const invalid = new mongoose.mongo.MongoServerError({ code: 2, message: 'bad value' });
  assert.equal(asFault(invalid), invalid);
});
