import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { exactJson, fromExact, readExactJson } from '#core/exact-json.ts';

const data = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.double(),
    fc.integer(),
    fc.string({ unit: 'binary' }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.string().filter((key) => key !== '$' && key !== '__proto__'),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
    fc
      .array(fc.tuple(fc.string(), tie('value')), { maxLength: 4 })
      .map((entries) => new Map(entries)),
  ),
})).value;

describe('exact JSON', () => {
  it('gives back any plain data, bit for bit', () => {
    fc.assert(
      fc.property(data, (value) => {
        expect(readExactJson(exactJson(value))).toStrictEqual(value);
      }),
    );
  });

  it.each([
    ['no number', Number.NaN, '{"$":"NaN"}'],
    ['what never ends', Number.POSITIVE_INFINITY, '{"$":"Infinity"}'],
    ['what never ends downwards', Number.NEGATIVE_INFINITY, '{"$":"-Infinity"}'],
    ['zero with a minus', -0, '{"$":"-0"}'],
    ['zero', 0, '0'],
    [
      'a map, in its own order',
      new Map([
        ['b', 1],
        ['a', 2],
      ]),
      '{"$":[["b",1],["a",2]]}',
    ],
  ])('writes %s in a way of its own', (_, value, text) => {
    expect(exactJson(value)).toBe(text);
    expect(Object.is(readExactJson(text), value) || typeof value === 'object').toBe(true);
  });

  it('is the same text whatever the order in which an object was made', () => {
    const one = { b: [{ y: 1, x: 2 }], a: null };
    const other = { a: null, b: [{ x: 2, y: 1 }] };
    expect(exactJson(one)).toBe('{"a":null,"b":[{"x":2,"y":1}]}');
    expect(exactJson(other)).toBe(exactJson(one));
  });

  it('leaves out what is undefined, as JSON does', () => {
    expect(exactJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  it('reads what was parsed as plain JSON already', () => {
    expect(fromExact({ a: [{ $: 'NaN' }] })).toEqual({ a: [Number.NaN] });
  });
});
