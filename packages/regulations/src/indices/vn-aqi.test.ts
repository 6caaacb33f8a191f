import assert from 'node:assert/strict';
import { test } from 'node:test';
import { roundDecimal } from '../decimal-text.ts';
import { nowCast } from './now-cast.ts';
import { type AqiDay, type AqiHour, dailyVnAqi, eightHourMeans, hourlyVnAqi } from './vn-aqi.ts';

const words = (text: string): string[] => text.split(' ');
/** The current hour first, as in the example of the decision: 20:00 back to 09:00. */
const exampleHours = words('26.9 24.7 20.5 23.5 19.5 16.5 19.0 16.5 20.3 22.4 19.6 20.6').reverse();

const hourly = (hour: AqiHour) => {
  const answer = hourlyVnAqi(hour);
  return answer.outcome === 'index' ? answer : assert.fail(answer.reason);
};
const daily = (day: AqiDay) => {
  const answer = dailyVnAqi(day);
  return answer.outcome === 'index' ? answer : assert.fail(answer.reason);
};
const indexOf = (answer: ReturnType<typeof hourly>, asked: string) =>
  answer.subIndices.find(({ term }) => term === asked)?.index;

test('NowCast of the decision: PM2.5 of twelve hours is 20.27', () => {
  const found = nowCast(exampleHours);
  assert.deepEqual([found && roundDecimal(found.value, 2), found?.unconfirmed], ['20.27', false]);
});

test('NowCast whose least hour is at most half of the greatest halves the weight from hour to hour', () => {
  const found = nowCast(['100', '50', ...Array<string>(10).fill('0')]);
  assert.deepEqual(found, { value: '62.5', unconfirmed: false });
});

test('NowCast of equal hours is what they are, and of nothing but zeros 0', () => {
  assert.equal(nowCast(Array<string>(12).fill('30'))?.value, '30');
  assert.equal(nowCast(Array<string>(12).fill('0'))?.value, '0');
});

test('the hour of the decision: O3 43, NO2 59 by its own formula, PM2.5 41; the index is the highest', () => {
  const answer = hourly({ O3: '136.1', NO2: '118.7', 'PM2.5': exampleHours });
  assert.deepEqual(
    ['O3 1h', 'NO2', 'PM2.5'].map((term) => indexOf(answer, term)),
    [43, 59, 41],
  );
  assert.deepEqual([answer.index, answer.subIndices[0]?.term, answer.level.name.vi], [59, 'NO2', 'Trung bình']);
});

test('the day of the decision: O3 45 over 8 h and 36 over 1 h, NO2 65, PM2.5 110', () => {
  const answer = daily({ O3: '114.6', 'O3 8h': '89.3', NO2: '130.8', 'PM2.5': '55.7' });
  assert.deepEqual(
    ['O3 8h', 'O3 1h', 'NO2', 'PM2.5'].map((term) => indexOf(answer, term)),
    [45, 36, 65, 110],
  );
  assert.deepEqual([answer.index, answer.level.name.vi], [110, 'Kém']);
});

test('the eight hours of the decision end with their hour, the first of them the evening before', () => {
  const hours = words(
    '15.7 14.2 17.7 18.9 19.3 15.7 19.7 22.6 27.1 29.0 31.9 25.3 34.7 35.2 41.6 45.7 49.2 55.8 69.6 78.3 91.5 97.7 81.2 71.8 43.5 34.3 21.5 20.5 19.4 20.4 21.3',
  );
  const means = eightHourMeans(hours, 8);
  assert.equal(means.length, 24);
  assert.deepEqual(
    [1, 17, 24].map((hour) => roundDecimal(means[hour - 1]!, 1)),
    ['18.0', '74.4', '31.6'],
  );
  // The decision prints 44.7 at 12:00, which its own hours do not give.
  assert.equal(means[11], '44.6375');
});

test('eight hours of which too few are known have no mean', () => {
  const hours = ['1', '1', null, '1', '1', '1', '1', null, '1'];
  assert.deepEqual(eightHourMeans(hours, 6), ['1', '1']);
  assert.deepEqual(eightHourMeans(hours, 7), [null, null]);
});

test('halves are rounded up, once: 44.65 is 45 and 109.5 is 110, and 44.4999996 is 44', () => {
  const o3 = (mean: string) => indexOf(daily({ 'O3 8h': mean, PM10: '0' }), 'O3 8h');
  assert.deepEqual([o3('89.3'), o3('89'), o3('88.9999992')], [45, 45, 44]);
  const so2 = (mean: string) => indexOf(daily({ SO2: mean, PM10: '0' }), 'SO2');
  assert.equal(so2('1.2499999999'), 0);
});

test('a breakpoint is the index that the table gives it, and nothing leaves 0 to 500', () => {
  const pm = (mean: string) => daily({ 'PM2.5': mean }).index;
  assert.deepEqual(
    ['-1', '0', '25', '50', '80', '150', '250', '350', '500', '9999'].map(pm),
    [0, 0, 50, 100, 150, 200, 300, 400, 500, 500],
  );
});

test('beyond 400 µg/m3 the 8 h of O3 take no part in the day', () => {
  assert.equal(indexOf(daily({ O3: '0', 'O3 8h': '400', PM10: '0' }), 'O3 8h'), 300);
  assert.equal(indexOf(daily({ O3: '0', 'O3 8h': '400.1', PM10: '0' }), 'O3 8h'), undefined);
});

test('levels meet without a gap', () => {
  const levelAt = (mean: string) => daily({ 'PM2.5': mean }).level.name.en;
  assert.deepEqual(['25', '25.5', '50', '51'].map(levelAt), ['Good', 'Moderate', 'Moderate', 'Poor']);
  assert.deepEqual(['80', '150', '250', '500'].map(levelAt), ['Poor', 'Bad', 'Very bad', 'Hazardous']);
});
