import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '@quantrac/conformance/eventually';
import { GroupReader, type Holding, type Membership } from './group-reader.ts';

const topic = { name: 'numbers', producer: 'n', partitions: 1, retentionDays: 1, compacted: false };
const all: Holding = { parts: [{ name: 'numbers/0', topic }] };

/** A member of a group whose broker does what the test says. */
class SomeMember implements Membership {
  asked = 0;
  holds: () => Holding | undefined = () => undefined;
  async held() {
    this.asked++;
    return this.holds();
  }
  async readMany() {
    return [{ records: [], positions: {} }];
  }
  async rest() {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  wake() {}
  async leave() {}
  isActive = () => false;
}

const options = {
  group: 'g',
  topics: [topic],
  positions: async () => ({}),
  handle: async () => {},
  onPositionLost: async () => ({}),
};

for (const [after, then] of [
  ['it reads again', all],
  ['others hold everything', { parts: [] }],
] as const)
  test(`what is wrong with the reading of a group is told until ${after}`, async (t) => {
    const member = new SomeMember();
    const reader = new GroupReader(member, options);
    t.after(() => reader.close());
    const lookedAt = async () => {
      const before = member.asked;
      await eventually(() => member.asked > before + 3);
      return reader.health().lastError;
    };
    member.holds = () => {
      throw new Error('the broker is away');
    };
    assert.equal(await lookedAt(), 'the broker is away');
    member.holds = () => undefined;
    assert.equal(await lookedAt(), 'the broker is away');
    member.holds = () => then;
    assert.equal(await lookedAt(), undefined);
  });
