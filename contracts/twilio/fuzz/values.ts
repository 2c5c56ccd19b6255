import type { Random } from '../../../simulator/random.ts'

/** Values that something somewhere stumbles over. */
const nasty: readonly string[] = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\n\r\t',
  '😀',
  '👩‍👩‍👧‍👦'.repeat(20),
  '\ud800',
  'x\udfffy',
  '\ufeff',
  '\u202eabc',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'NaN',
  'Infinity',
  '-1',
  '0',
  '1e308',
  '99999999999999999999',
  '0x10',
  '1.5',
  'true',
  'FALSE',
  '[]',
  '{}',
  '[object Object]',
  '{"a":{"b":[]}}',
  '"',
  "'; drop table messages; --",
  '<script>alert(1)</script>',
  '<?xml version="1.0"?><Response/>',
  '../../../etc/passwd',
  '%00',
  '%zz',
  '%',
  '${7*7}',
  'http://',
  'http://[',
  'https://user:pa%ss@host.invalid/x',
  'https://%E0%A4%A.invalid/',
  'https://u:%zz@host.invalid/',
  'ftp://host.invalid/',
  'javascript:alert(1)',
  'https://host.invalid/#rc=5&ct=100&rp=all',
  'https://host.invalid/?a=%ff#rc=99999999999999999&ct=-1&rp=,,,&x=%zz',
  '+1',
  '+0',
  '+15005550001',
  '+15005550006',
  '+999999999999999999',
  '+1601555012٣',
  '６０１',
  'whatsapp:+16015550100',
  '12345',
  'District',
  '2026-13-45T99:99:99Z',
  '2026-11-24T10:00:00+99:99',
  '+275760-09-13T00:00:00Z',
  '-000001-01-01',
  'P1000000Y',
  'PA00000000000000000000000000000000',
  'PAffffffffffffffffffffffffffffffff',
  'AC00000000000000000000000000000001',
  'MGffffffffffffffffffffffffffffffff',
  'mg00000000000000000000000000000001',
  'SM'
]

const huge = [
  'x'.repeat(1601),
  'é'.repeat(5000),
  '9'.repeat(40),
  '😀'.repeat(1600),
  'y'.repeat(100_000)
]

export function nastyText(random: Random): string {
  if (random.chance(0.04)) return pick(huge, random)
  return pick(nasty, random)
}

/** For JSON: text, and all that is none. */
export function nastyJson(random: Random, depth = 0): unknown {
  switch (random.between(0, depth > 2 ? 5 : 8)) {
    case 0:
      return null
    case 1:
      return random.chance(0.5)
    case 2:
      return pick([0, -1, 1.5, 1e21, -0, 2 ** 53, 9e15], random)
    case 3:
    case 4:
    case 5:
      return nastyText(random)
    case 6:
      return Array.from({ length: random.between(0, 4) }, () => nastyJson(random, depth + 1))
    case 7:
      return Object.fromEntries(
        Array.from({ length: random.between(0, 3) }, () => [
          nastyText(random),
          nastyJson(random, depth + 1)
        ])
      )
    default: {
      let nested: unknown = 1
      for (let level = 0; level < 2000; level++) nested = [nested]
      return nested
    }
  }
}

export function pick<T>(items: readonly T[], random: Random): T {
  const item = items[random.between(0, items.length - 1)]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}
