import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import * as fc from 'fast-check'

import { account, build, firstNumber, person } from '../../contracts/twilio/judged-mock.ts'
import { phone } from '../testing/phone.ts'
import type { SpokenPart } from './recording-record.ts'
import { transcribed } from './transcribed.ts'

/** Somebody leaves a message, which is written down. */
async function aVoicemail(t: TestContext, words: string | undefined, attributes = '') {
  const built = await build(t)
  const { request, receiver, mock, control } = built
  receiver.answers(({ url }) =>
    url.startsWith('/recorded') ? { body: '<Response><Hangup/></Response>' } : { status: 204 }
  )
  if (words !== undefined) phone(mock, person).is({ calls: { says: [words] } })
  const { body } = await request('POST', `${account}/Calls.json`, {
    To: person,
    From: firstNumber,
    Twiml: `<Response><Say>Leave a message</Say><Record action="${receiver.url}/recorded" transcribe="true" transcribeCallback="${receiver.url}/transcribed" ${attributes}/></Response>`
  })
  await mock.clock.advance('4 min')
  const { transcriptions } = (await request('GET', `${account}/Transcriptions.json`)).body
  assert.ok(Array.isArray(transcriptions))
  const [recording] = mock.world().recordings.all()
  return {
    ...built,
    callSid: body.sid,
    recording,
    transcriptions,
    said: await control('GET', `/_mock/recordings/${recording?.sid}`),
    told: receiver.received.filter(({ url }) => url === '/transcribed').map(({ form }) => form)
  }
}

test('a voicemail is written down, and told with what is known of the call', async t => {
  const { transcriptions, told, recording, callSid, said } = await aVoicemail(
    t,
    'this is Ada, please call me back at noon 🚌'
  )

  const [transcription] = transcriptions
  const text = 'This is Ada, please call me back at noon.'
  assert.deepEqual(
    [transcription.status, transcription.transcription_text, transcription.recording_sid],
    ['completed', text, recording?.sid]
  )
  const [form, ...others] = told
  assert.deepEqual(others, [])
  assert.deepEqual(
    [
      form?.['TranscriptionSid'],
      form?.['TranscriptionStatus'],
      form?.['TranscriptionText'],
      form?.['TranscriptionType'],
      form?.['RecordingSid'],
      form?.['CallSid'],
      form?.['From'],
      form?.['To'],
      form?.['Direction'],
      form?.['ApiVersion']
    ],
    [
      transcription.sid,
      'completed',
      text,
      'fast',
      recording?.sid,
      callSid,
      firstNumber,
      person,
      'outbound-api',
      '2010-04-01'
    ]
  )
  assert.ok(form?.['RecordingUrl']?.endsWith(`/Recordings/${recording?.sid}`))
  assert.ok(form?.['TranscriptionUrl']?.endsWith(`/Transcriptions/${transcription.sid}`))
  const [part] = Object(said.body['said'])
  assert.deepEqual([part.who, part.at_ms, part.channel], [person, 0, 1], 'silence before is cut')
})

test('a message of two seconds is too short to be written down', async t => {
  const { transcriptions, told, mock } = await aVoicemail(
    t,
    'Hi',
    'maxLength="2" trim="do-not-trim"'
  )

  assert.deepEqual([transcriptions, told], [[], []])
  assert.deepEqual(
    mock.world().alerts.map(({ code }) => code),
    [13617]
  )
})

test('of a message without a word there is no recording, and nothing to write down', async t => {
  const { transcriptions, told, recording } = await aVoicemail(t, undefined)

  assert.deepEqual([transcriptions, told], [[], []])
  assert.deepEqual([recording?.status, recording?.errorCode], ['absent', 16102])
})

test('of what nobody understands the transcription fails', async t => {
  const { transcriptions, told } = await aVoicemail(t, '🚌 🚌 🚌 🚌 🚌 🚌 🚌 🚌 🚌')

  assert.deepEqual(
    [transcriptions[0].status, transcriptions[0].transcription_text, transcriptions[0].price],
    ['failed', null, null]
  )
  assert.deepEqual(
    [told[0]?.['TranscriptionStatus'], told[0]?.['TranscriptionText']],
    ['failed', '']
  )
})

test('a transcription is found by its recording, and deleted without it', async t => {
  const { request, transcriptions, recording } = await aVoicemail(
    t,
    'Please call me back at noon, or a little later'
  )
  const { sid } = transcriptions[0]
  const under = `${account}/Recordings/${recording?.sid}/Transcriptions`

  const listed = await request('GET', `${under}.json`)
  const one = await request('GET', `${under}/${sid}.json`)
  const elsewhere = await request(
    'GET',
    `${account}/Recordings/RE${'0'.repeat(32)}/Transcriptions/${sid}.json`
  )
  const none = await request('GET', `${account}/Recordings/RE${'0'.repeat(32)}/Transcriptions.json`)
  const deleted = await request('DELETE', `${under}/${sid}.json`)
  const gone = await request('GET', `${account}/Transcriptions/${sid}.json`)

  assert.equal(Object(listed.body['transcriptions']).length, 1)
  assert.deepEqual(
    [one.body.sid, elsewhere.status, none.status, deleted.status, gone.status],
    [sid, 404, 404, 204, 404]
  )
  const kept = await request('GET', `${account}/Recordings/${recording?.sid}.json`)
  assert.equal(kept.status, 200)
})

test('whatever is said, it is written down in the order of saying, without what nobody can say', () => {
  const part = fc.record<SpokenPart>({
    atMs: fc.nat(100_000),
    ms: fc.nat(1000),
    channel: fc.constantFrom(1, 2),
    who: fc.constant(person),
    words: fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', '\u0000', '🚌', 'Hello'))
  })
  const seed = Number(process.env['TEST_SEED'] ?? 601_555)

  fc.assert(
    fc.property(fc.array(part), said => {
      const text = transcribed(said)
      assert.doesNotMatch(text, /[\p{C}\p{So}]/u)
      assert.equal(text, text.trim())
      assert.equal(
        transcribed(said.toReversed().toSorted((a, b) => a.atMs - b.atMs)).length,
        text.length
      )
      if (said.every(({ words }) => !/[\p{L}\p{N}]/u.test(words))) assert.equal(text, '')
    }),
    { seed, numRuns: 300 }
  )
  assert.equal(
    transcribed([
      { atMs: 9, ms: 1, channel: 1, who: person, words: 'call me' },
      { atMs: 1, ms: 1, channel: 1, who: person, words: 'is anybody there?' }
    ]),
    'Is anybody there? Call me.'
  )
})
