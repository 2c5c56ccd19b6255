import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'

import { connectionOverrides } from './connection-overrides.ts'

const url = 'https://mycompany.com/status?x=1'

test('without a fragment the usual limits hold: 5, 15 and 15 s, and one retry for connections', () => {
  const { policies, ...usual } = connectionOverrides(url)

  assert.deepEqual(usual, {
    connectTimeoutMs: 5000,
    readTimeoutMs: 15_000,
    totalTimeoutMs: 15_000,
    hasOwnTotal: false,
    retries: 1,
    sni: true,
    problems: []
  })
  assert.deepEqual([...policies], ['ct'])
})

test('every override of the fragment is read', () => {
  const { policies, ...read } = connectionOverrides(
    `${url}#rc=3&rp=4xx,5xx,ct,rt&ct=1000&rt=5000&tt=10000&e=ashburn,umatilla-ix&sni=n`
  )

  assert.deepEqual(read, {
    connectTimeoutMs: 1000,
    readTimeoutMs: 5000,
    totalTimeoutMs: 10_000,
    hasOwnTotal: true,
    retries: 3,
    sni: false,
    problems: []
  })
  assert.deepEqual([...policies], ['4xx', '5xx', 'ct', 'rt'])
})

test('a policy that is none is 11243 and leaves the usual one, an edge that is none is 11240', () => {
  const { policies, problems } = connectionOverrides(`${url}#rp=5xx,6xx&e=ashburn,atlantis`)

  assert.deepEqual([...policies], ['ct'])
  assert.deepEqual(
    problems.map(({ code }) => code),
    [11243, 11240]
  )
})

test('no fragment leads out of the ranges', () => {
  const key = fc.constantFrom('ct', 'rt', 'tt', 'rc', 'rp', 'e', 'sni')
  const value = fc.oneof(fc.integer().map(String), fc.string(), fc.constant('99999999999999999999'))
  fc.assert(
    fc.property(fc.array(fc.tuple(key, value)), pairs => {
      const fragment = pairs.map(([name, text]) => `${name}=${encodeURIComponent(text)}`).join('&')
      const read = connectionOverrides(`${url}#${fragment}`)

      const between = (number: number, least: number, most: number) =>
        assert.ok(number >= least && number <= most, `${number} of ${fragment}`)
      between(read.connectTimeoutMs, 100, 10_000)
      between(read.readTimeoutMs, 100, 15_000)
      between(read.totalTimeoutMs, 100, 15_000)
      between(read.retries, 0, 5)
    })
  )
})
