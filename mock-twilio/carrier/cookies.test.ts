import assert from 'node:assert/strict'
import { test } from 'node:test'

import { cookieHeader, keepCookies, type CookieJars } from './cookies.ts'

const pair = '+16015550100 +16015550123'
const url = 'https://app.test/sms/inbound'
const hour = 3_600_000

function aJar(...setCookies: string[]): CookieJars {
  const jars: CookieJars = new Map()
  keepCookies(jars, pair, { url, setCookies, now: 0 })
  return jars
}

test('a cookie goes back to where it came from, and to no other pair, host or path', () => {
  const jars = aJar('step=2')

  assert.equal(cookieHeader(jars, pair, url, 1), 'step=2')
  assert.equal(cookieHeader(jars, pair, 'https://app.test/sms/other', 1), 'step=2')
  assert.equal(cookieHeader(jars, pair, 'https://app.test/smsother', 1), undefined)
  assert.equal(cookieHeader(jars, pair, 'https://app.test/', 1), undefined)
  assert.equal(cookieHeader(jars, pair, 'https://other.test/sms/inbound', 1), undefined)
  assert.equal(cookieHeader(jars, '+16015550100 +16015550199', url, 1), undefined)
})

test('four hours without a word end the conversation, and each word begins them anew', () => {
  const jars = aJar('step=2')

  assert.equal(cookieHeader(jars, pair, url, 4 * hour), 'step=2')
  assert.equal(cookieHeader(jars, pair, url, 8 * hour), 'step=2')
  assert.equal(cookieHeader(jars, pair, url, 12 * hour + 1), undefined)
  assert.equal(jars.size, 0)
})

test('Path, Max-Age, Expires and Secure are minded, Max-Age before Expires', () => {
  const jars = aJar(
    'root=1; Path=/; HttpOnly; SameSite=Lax',
    'short=1; Max-Age=60',
    'dated=1; Expires=Thu, 01 Jan 1970 00:02:00 GMT',
    'both=1; Max-Age=180; Expires=Thu, 01 Jan 1970 00:00:01 GMT',
    'safe=1; Secure'
  )

  assert.equal(cookieHeader(jars, pair, url, 1), 'short=1; dated=1; both=1; safe=1; root=1')
  assert.equal(cookieHeader(jars, pair, 'http://app.test:3000/', 1), 'root=1')
  assert.equal(cookieHeader(jars, pair, url, 61_000), 'dated=1; both=1; safe=1; root=1')
  assert.equal(cookieHeader(jars, pair, url, 121_000), 'both=1; safe=1; root=1')
})

test('a cookie is replaced by its like, and deleted by one that is over', () => {
  const jars = aJar('step=2', 'name=Ann')

  keepCookies(jars, pair, { url, setCookies: ['step=3', 'name=; Max-Age=0'], now: 1 })

  assert.equal(cookieHeader(jars, pair, url, 2), 'step=3')
})

test('what is no cookie, or too much of one, is left alone', () => {
  const jars = aJar('', '=x', 'novalue', `big=${'x'.repeat(5000)}`, '__proto__=1', 'a=b=c')

  assert.equal(cookieHeader(jars, pair, url, 1), '__proto__=1; a=b=c')
})
