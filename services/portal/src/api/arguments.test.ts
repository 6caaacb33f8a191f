import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { type AddressQuery, argumentsOf } from './arguments.ts';

const schema = z.object({
  station: z.string().min(1).max(8).optional(),
  limit: z.int().min(1).max(100).default(10),
  provisional: z.boolean().default(false),
  channels: z.array(z.string()).min(1).max(3).optional(),
  state: z.enum(['open', 'closed']).optional(),
});
const read = (address: string): AddressQuery => {
  const query: Record<string, string | string[]> = Object.create(null) as Record<string, string>;
  for (const [name, text] of new URLSearchParams(address)) {
    const before = query[name];
    query[name] = before === undefined ? text : [before, text].flat();
  }
  return query;
};
const of = (address: string) => argumentsOf(schema, read(address));
const invalid = (message: RegExp) => ({ kind: 'invalid', code: 'DataInvalid', message });

describe('arguments of an address', () => {
  it('that are left out have their defaults', () => assert.deepEqual(of(''), { limit: 10, provisional: false }));

  it('become numbers, true and false, and lists where the schema wants them', () =>
    assert.deepEqual(of('limit=007&provisional=true&channels=ph,cod&state=open'), {
      limit: 7,
      provisional: true,
      channels: ['ph', 'cod'],
      state: 'open',
    }));

  it('stay text where text is wanted, whatever it looks like', () => {
    for (const station of ['007', 'true', 'null', 'a,b', '1e3'])
      assert.equal(of(`station=${station}`).station, station);
  });

  it('are a list of one, and a list by repeated names', () => {
    assert.deepEqual(of('channels=ph').channels, ['ph']);
    assert.deepEqual(of('channels=ph&channels=cod').channels, ['ph', 'cod']);
  });

  it('that do not fit are named, all of them', () => {
    assert.throws(() => of('limit=many&state=lost'), invalid(/limit: .*; state: /));
    assert.throws(() => of('limit=0'), invalid(/limit/));
    assert.throws(() => of('station=a&station=b'), invalid(/station/));
  });

  it('that nobody knows are refused by name', () => {
    assert.throws(() => of('statoin=s1'), invalid(/statoin: no such argument; there are station, limit/));
    for (const name of ['__proto__', 'constructor', 'toString'])
      assert.throws(() => of(`${name}=1`), invalid(/no such/));
    assert.throws(() => argumentsOf(z.object({}), read('a=1')), invalid(/there are none/));
  });

  it('are data or a fault, whatever is sent', () =>
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('station', 'limit', 'channels', 'provisional', 'x'), fc.string()),
        (query) => {
          try {
            schema.parse(argumentsOf(schema, query));
          } catch (error) {
            assert.equal((error as { code: string }).code, 'DataInvalid');
          }
        },
      ),
    ));
});
