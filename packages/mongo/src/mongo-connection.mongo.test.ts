import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFault } from '@quantrac/event-sourcing';
import { connectToMongo } from './mongo-connection.ts';
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
