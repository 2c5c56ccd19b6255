import assert from 'node:assert/strict'
import { test } from 'node:test'

import { aSchool } from '../../contracts/twilio/a-school.ts'
import { firstNumber, person } from '../../contracts/twilio/judged-mock.ts'
import { durationSeconds } from '../resources/call.ts'
import type { CallRecord } from './call-record.ts'
import { twimlCases } from './twiml-cases.ts'

const staff = '+16625550124'

for (const each of twimlCases) {
  const { page, rule, document, at = {}, contentType, steps, ends } = each
  test(`${rule} (https://www.twilio.com/docs/${page})`, async t => {
    const school = await aSchool(t, () => '')
    school.receiver.answers(({ url, form }) => {
      if (/^\/(?:status|leg)/.test(url)) return { status: 204 }
      const path = url.split('?')[0] ?? ''
      const again = form['Digits'] === undefined ? undefined : at[`${path}?digits`]
      const body = again ?? at[path] ?? (path === '/voice' ? document : undefined)
      if (body === undefined) return { status: 500 }
      return { body, contentType: (path === '/voice' && contentType) || 'text/xml' }
    })
    const world = school.mock.world()
    if (each.person !== undefined) world.handsets.changeCalls(person, each.person)
    if (each.staff !== undefined) world.handsets.changeCalls(staff, each.staff)
    const FallbackUrl = each.fallback ? `${school.receiver.url}/fallback` : ''

    const sid = each.inbound
      ? await school.parent.calls(firstNumber)
      : await school.call({ FallbackUrl })
    await school.mock.clock.advance('10 min')

    const call = world.calls.find(sid)
    assert.ok(call)
    assert.deepEqual(stepsOf(call, school.receiver.url, each.inbound === true), steps)
    const end = `${call.status} after ${durationSeconds(call)} s`
    assert.equal(end, ends ?? `completed after ${durationSeconds(call)} s`)
    const [last] = school.about('/status').slice(-1)
    if (!each.inbound) assert.equal(last?.['CallStatus'], call.status)
  })
}

test('there are at least 80 documents, and no rule is told twice', () => {
  const rules = new Set(twimlCases.map(({ page, rule }) => `${page} ${rule}`))

  assert.ok(twimlCases.length >= 80, `${twimlCases.length} documents`)
  assert.equal(rules.size, twimlCases.length)
})

/** What happened after the call was answered, or came in, in words that are the same in every run. */
function stepsOf({ transcript }: CallRecord, appUrl: string, isInbound: boolean): string[] {
  const [begins, skipped] = isInbound ? ['created', 1] : ['answered', 1]
  const from = transcript.findIndex(({ step }) => step === begins) + skipped
  return transcript
    .slice(from)
    .filter(({ step, text }) => step !== 'ended' && !isFirstQuestion(text, appUrl))
    .map(({ step, text }) => {
      if (step === 'alert')
        return text
          .replace(/^the document cannot be carried out: (\d+).*/s, 'unreadable $1')
          .replace(/^(\w+ \d+): .*$/s, '$1')
      if (step === 'unanswered') return `unanswered ${/\((\d+)\)$/.exec(text)?.[1]}`
      return text
        .replaceAll(appUrl, 'APP')
        .replaceAll(/\b(RE|CA)[0-9a-f]{32}/g, '$1…')
        .replaceAll(/RecordingUrl=\S*\/RE…/g, 'RecordingUrl=…/RE…')
    })
}

function isFirstQuestion(text: string, appUrl: string): boolean {
  return text === `asks POST ${appUrl}/voice`
}
