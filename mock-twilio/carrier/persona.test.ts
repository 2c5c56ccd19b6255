import assert from 'node:assert/strict'
import { test } from 'node:test'

import { checkPersona, checkRule, holds, offFor } from './persona.ts'

const text = { body: 'Your appointment', from: '+16015550100', nth: 1 }

test('a phone that is off from ten to seven is on in between, also past midnight', () => {
  const off = { daily: { from: '22:00', to: '07:00' } }
  const at = (time: string) => offFor(off, Date.parse(`2026-11-23T${time}:00Z`)) / 60_000

  assert.deepEqual(
    ['21:59', '22:00', '00:00', '06:59', '07:00', '12:00'].map(at),
    [0, 540, 420, 1, 0, 0]
  )
})

test('hours are those of the time zone', () => {
  const off = { daily: { from: '22:00', to: '07:00', utc_offset: '-06:00' } }

  assert.equal(offFor(off, Date.parse('2026-11-24T04:00:00Z')), 9 * 3_600_000)
  assert.equal(offFor(off, Date.parse('2026-11-24T03:59:00Z')), 0)
})

test('a pattern is held against a text in any case', () => {
  assert.ok(holds({ matches: '^your (bus|appointment)$' }, text))
  assert.ok(!holds({ matches: '^appointment' }, text))
})

test('all that is said of a text must hold', () => {
  assert.ok(holds({ contains: 'Your', nth: 1, from: '+16015550100' }, text))
  assert.ok(!holds({ contains: 'Your', nth: 2 }, text))
  assert.ok(holds({}, text))
})

test('a pattern that would keep the process busy is refused, and so is one that is none', () => {
  for (const matches of [
    '(a+)+$',
    '(a|aa)+',
    '(x*)*',
    '.*a.*b.*c',
    '(?=a)',
    '(a)\\1',
    `${'a?'.repeat(60)}${'a'.repeat(60)}`,
    '(?:a?){30}',
    '(a|a)'.repeat(14),
    '^(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)a*a*x',
    'a{1,200}b{1,200}c{1,200}',
    '((a))+',
    '('
  ]) {
    assert.throws(
      () => checkRule({ when: { matches }, replies: 'x' }),
      { statusCode: 400 },
      matches
    )
  }
  for (const matches of [
    '^(yes|no)$',
    '\\d{4,8}',
    'a.*b',
    '[+*]+',
    '(?:late)?',
    '^(yes|no).*a.*b',
    'mon|tue|wed|thu|fri|sat|sun'
  ]) {
    checkRule({ when: { matches }, replies: 'x' })
  }
})

test('a reply without anything in it is refused, as is a delay that is none', () => {
  assert.throws(() => checkRule({ replies: {} }), /a reply has a body/)
  assert.throws(() => checkRule({ replies: { body: 'x', after: 'soon' } }), /a duration looks like/)
  assert.throws(() => checkPersona({ arrives_after: ['1 s', '3 x'] }), /a duration looks like/)
  assert.throws(() => checkPersona({ off: { until: 'tomorrow' } }), /off.until is a time/)
  assert.throws(
    () => checkPersona({ script: [{ expects: 'a', replies: [{ media: [{ url: 'ftp://a' }] }] }] }),
    /the url of media/
  )
})
