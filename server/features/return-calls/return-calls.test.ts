import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  build,
  onEachDatabase,
  parentNumber,
  secondNumber,
  type TestServer
} from '../../testing/build.ts'
import { aBrowser } from '../../testing/browsers.ts'
import {
  aPairing,
  assertNobodyIsOnTheLine,
  callsAtProvider,
  eventsOf,
  parentCalls,
  person,
  wordsHeard
} from '../../testing/calls.ts'
import { callback } from '../../testing/messages.ts'

const menu =
  'Press 1 to be connected, 2 to leave a message, or 3 to receive no more calls from this number.'

const callEvents = (server: TestServer) => eventsOf(server, 'direct_calls.call.status_update')

onEachDatabase(dialect => {
  test('who returns a call and says nothing hears the menu twice and is hung up on', async t => {
    const server = await build(t, dialect)
    await aPairing(server)

    await parentCalls(server)
    await server.advance('2 min')

    assert.deepEqual(wordsHeard(server, parentNumber), [menu, menu, 'Goodbye.'])
    assertNobodyIsOnTheLine(server)
    assert.deepEqual(
      callEvents(server).map(event => [
        event['kind'],
        event['internal_status'],
        event['menu_choice']
      ]),
      [
        ['return', 'ringing', null],
        ['return', 'in_progress', null],
        ['return', 'completed', null]
      ]
    )
  })

  test('1 connects to the browser of the staff member, and the conversation is recorded', async t => {
    const server = await build(t, dialect)
    await aPairing(server)
    const identity = await aBrowser(server, {
      answers: 'person',
      after: '2 s',
      hangs_up_after: '30 s'
    })
    person(server, parentNumber, { presses: ['1'] })

    const sid = await parentCalls(server)
    await server.advance('5 min')

    const leg = callsAtProvider(server).find(call => call.parentCallSid === sid)
    assert.equal(leg?.to, `client:${identity}`)
    assertNobodyIsOnTheLine(server)
    const last = callEvents(server).at(-1)
    assert.deepEqual([last?.['menu_choice'], last?.['internal_status']], ['connect', 'completed'])
    assert.match(String(last?.['recording_url']), /^http/)
  })

  test('1 leads to the tone where no browser is registered', async t => {
    const server = await build(t, dialect)
    await aPairing(server)
    person(server, parentNumber, { presses: ['1'], says: ['Please call me back.'] })

    await parentCalls(server)
    await server.advance('5 min')

    assert.ok(wordsHeard(server, parentNumber).some(words => /leave a message/.test(words)))
    assert.equal(eventsOf(server, 'direct_calls.voicemail.recorded').length, 1)
    assertNobodyIsOnTheLine(server)
  })

  test('a voicemail is recorded, stored and written down, and the client hears of each', async t => {
    const server = await build(t, dialect)
    await aPairing(server)
    person(server, parentNumber, {
      presses: ['2'],
      says: ['Anna is ill today and will stay at home, thank you.']
    })

    await parentCalls(server)
    await server.advance('30 min')

    const [recorded, ...others] = eventsOf(server, 'direct_calls.voicemail.recorded')
    assert.equal(others.length, 0)
    assert.deepEqual(
      [
        recorded?.['caller_id'],
        recorded?.['provider_number'],
        recorded?.['client_conversation_id']
      ],
      [parentNumber, secondNumber, 'class-4b']
    )
    const audio = await fetch(String(recorded?.['recording_url']))
    assert.equal(audio.status, 200)
    assert.ok((await audio.arrayBuffer()).byteLength > 1_000)
    const [transcripted] = eventsOf(server, 'direct_calls.voicemail.transcripted')
    assert.deepEqual(transcripted?.['transcription'], {
      status: 'completed',
      text: 'Anna is ill today and will stay at home, thank you.'
    })
    assert.deepEqual(
      eventsOf(server, 'direct_calls.voicemail.status_update').map(
        event => event['internal_status']
      ),
      ['recorded', 'transcripted']
    )
    const { body: voicemail } = await server.request(
      'GET',
      `/voicemails/${Number(recorded?.['id'])}`
    )
    assert.equal(voicemail.internal_status, 'transcripted')
    const stranger = await server.createBearer()
    const foreign = await server.request('GET', `/voicemails/${voicemail.id}`, {
      token: stranger.token
    })
    assert.equal(foreign.status, 404)
  })

  test('3 opts out of calls, and of nothing else', async t => {
    const server = await build(t, dialect)
    await aPairing(server)
    person(server, parentNumber, { presses: ['3'] })

    await parentCalls(server)
    await server.advance('2 min')

    assert.ok(
      wordsHeard(server, parentNumber).includes(
        'You will receive no more calls from this number. Goodbye.'
      )
    )
    const conference = await server.request('POST', '/conference_calls', {
      body: {
        twilio_number: secondNumber,
        moderator_number: '+16015550160',
        participant_numbers: [parentNumber],
        client_conversation_id: 'class-4b'
      }
    })
    assert.deepEqual(
      [conference.status, conference.body.error.code, conference.body.error.details[0].field],
      [422, 'receiver_opted_out', 'participant_numbers[0]']
    )
    const browser = await server.request('POST', '/sdk_calls/voice_response', {
      body: { To: parentNumber, client_conversation_id: 'class-4b' }
    })
    assert.match(browser.body, /does not want to receive calls/)
    assert.equal((await server.sendMessage()).status, 201)
    assert.deepEqual(
      callEvents(server)
        .filter(event => event['menu_choice'] === 'opt_out')
        .map(event => event['internal_status'])[0],
      'in_progress'
    )
  })

  test('whom no pairing knows, or no active one, hears that and is hung up on', async t => {
    const server = await build(t, dialect)
    await aPairing(server)
    await server.request('POST', '/participants/deactivate_pairing', {
      body: { participant: { participant_number: parentNumber } }
    })

    await parentCalls(server)
    await parentCalls(server, '+16015550177')
    await server.advance('2 min')

    for (const number of [parentNumber, '+16015550177'])
      assert.match(wordsHeard(server, number).join(' '), /We do not know the number/)
    assertNobodyIsOnTheLine(server)
    assert.deepEqual(callEvents(server), [])
  })

  test('a question about a call that the provider did not sign is refused', async t => {
    const server = await build(t, dialect)
    await aPairing(server)
    const form = {
      CallSid: `CA${'1'.repeat(32)}`,
      From: parentNumber,
      To: secondNumber,
      CallStatus: 'ringing'
    }

    for (const path of [
      'incoming',
      'menu?step=chosen&pairing_id=1',
      'voice_responses',
      'participant_status_changes',
      'conference_status_changes',
      'recordings',
      'create_voicemail',
      'transcriptions'
    ])
      assert.equal(
        await callback(server, `/twilio_calls/${path}`, form, { signature: 'forged' }),
        403
      )
    await server.idle()

    assert.deepEqual(callEvents(server), [])
  })
})

test('the link of a voicemail is good for a day, and a fresh one is given after that', async t => {
  const server = await build(t)
  await aPairing(server)
  person(server, parentNumber, { presses: ['2'], says: ['Please call me back today.'] })
  await parentCalls(server)
  await server.advance('5 min')
  const [recorded] = eventsOf(server, 'direct_calls.voicemail.recorded')
  const link = String(recorded?.['recording_url'])

  const before = await fetch(link)
  await server.advance('25 h')
  const after = await fetch(link)
  const { body } = await server.request('GET', `/voicemails/${Number(recorded?.['id'])}`)

  assert.deepEqual([before.status, after.status], [200, 403])
  assert.equal((await fetch(body.recording_url)).status, 200)
})
