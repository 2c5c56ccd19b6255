import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeProtectedHeader, jwtVerify } from 'jose'
import {
  build,
  firstNumber,
  onEachDatabase,
  parentNumber,
  secondNumber,
  type TestServer
} from '../../testing/build.ts'
import { aBrowser, askForToken, browserCalls } from '../../testing/browsers.ts'
import {
  aPairing,
  assertNobodyIsOnTheLine,
  callsAtProvider,
  eventsOf,
  person,
  wordsHeard
} from '../../testing/calls.ts'
import { callback } from '../../testing/messages.ts'

const callEvents = (server: TestServer) => eventsOf(server, 'direct_calls.call.status_update')

onEachDatabase(dialect => {
  test("a voice token is the provider's access token: signed, short-lived, for one identity", async t => {
    const server = await build(t, dialect)
    const { config } = server.deps

    const { status, body } = await askForToken(server)

    assert.equal(status, 201)
    const { payload } = await jwtVerify(
      body.token,
      new TextEncoder().encode(config.TWILIO_API_SECRET),
      { currentDate: new Date(server.clock.now()), issuer: config.TWILIO_API_KEY }
    )
    assert.deepEqual(decodeProtectedHeader(body.token), {
      alg: 'HS256',
      typ: 'JWT',
      cty: 'twilio-fpa;v=1'
    })
    assert.deepEqual(
      [payload.sub, Number(payload.exp) - Number(payload.iat)],
      [config.TWILIO_ACCOUNT_SID, 3_600]
    )
    assert.deepEqual(payload['grants'], {
      identity: body.identity,
      voice: {
        incoming: { allow: true },
        outgoing: {
          application_sid: config.TWILIO_TWIML_APP_SID,
          params: { client_conversation_id: 'class-4b', client_call_id: 'call-1' }
        }
      }
    })
  })

  test('two bearers with a staff member of one id have two identities, and any id has a plain one', async t => {
    const server = await build(t, dialect)
    const other = await server.createBearer()

    const ours = await askForToken(server)
    const theirs = await server.request('POST', '/sdk_calls/voice_token', {
      token: other.token,
      body: { conversation: { moderator_id: 'teacher-17' } }
    })
    const odd = await askForToken(server, { moderator_id: 'Zoë <zoe@school> 😀' })

    const identities = [ours, theirs, odd].map(answer => answer.body.identity)
    assert.equal(new Set(identities).size, 3)
    for (const identity of identities) assert.match(identity, /^[A-Za-z0-9_]{1,121}$/)
  })

  test('a call from a browser rings at the parent, from a number of the service, and its client hears of each step', async t => {
    const server = await build(t, dialect)
    const identity = await aBrowser(server)
    person(server, parentNumber, { answers: 'person', after: '3 s', hangs_up_after: '20 s' })

    await browserCalls(server, identity, { To: parentNumber, client_conversation_id: 'class-4b' })
    await server.advance('2 min')

    const [own, leg] = callsAtProvider(server)
    assert.deepEqual([leg?.to, leg?.from, leg?.status], [parentNumber, firstNumber, 'completed'])
    const told = callEvents(server)
    assert.deepEqual(
      told
        .filter(event => event['recording_duration'] === null)
        .map(event => event['internal_status']),
      ['ringing', 'in_progress', 'completed']
    )
    const [first] = told
    assert.deepEqual(
      [
        first?.['call_sid'],
        first?.['moderator_id'],
        first?.['client_call_id'],
        first?.['client_conversation_id'],
        first?.['provider_number']
      ],
      [own?.sid, 'teacher-17', 'call-1', 'class-4b', firstNumber]
    )
    const { body: call } = await server.request('GET', `/calls/${String(first?.['uuid'])}`)
    assert.deepEqual([call.kind, call.internal_status], ['sdk', 'completed'])
    assertNobodyIsOnTheLine(server)
  })

  test('the number that a parent knows from the conversation is shown, and no number of another service', async t => {
    const server = await build(t, dialect)
    await aPairing(server)

    const known = await server.request('POST', '/sdk_calls/voice_response', {
      body: { To: parentNumber, client_conversation_id: 'class-4b' }
    })
    const stranger = await server.createBearer()
    const foreign = await server.request('POST', '/sdk_calls/voice_response', {
      token: stranger.token,
      body: { To: parentNumber }
    })
    const unknown = await server.request('POST', '/sdk_calls/voice_response', {
      body: { To: parentNumber, messaging_service_sid: `MG${'9'.repeat(32)}` }
    })

    assert.match(known.body, new RegExp(`callerId="\\${secondNumber}"`))
    assert.match(String(known.headers['content-type']), /^text\/xml/)
    assert.deepEqual([foreign.status, unknown.status], [422, 422])
    assert.equal(unknown.body.error.details[0].field, 'messaging_service_sid')
  })

  test('a form with a token is taken like JSON, and without To the last participant is called', async t => {
    const server = await build(t, dialect)
    await aPairing(server)

    const answer = await server.request('POST', '/sdk_calls/voice_response', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'client_conversation_id=class-4b&To='
    })
    const nobody = await server.request('POST', '/sdk_calls/voice_response', {
      body: { client_conversation_id: 'empty' }
    })
    const wrong = await server.request('POST', '/sdk_calls/voice_response', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'To=%2B1&To=%2B2'
    })

    assert.match(answer.body, new RegExp(`\\${parentNumber}</Number>`))
    assert.deepEqual([nobody.status, nobody.body.error.details[0].field], [422, 'To'])
    assert.deepEqual([wrong.status, wrong.body.error.details[0].field], [422, 'To'])
  })

  test('neither a token nor a signature is 403, and a browser that nobody knows reaches nobody', async t => {
    const server = await build(t, dialect)
    const form = {
      CallSid: `CA${'2'.repeat(32)}`,
      From: 'client:somebody',
      To: parentNumber,
      CallStatus: 'ringing'
    }

    const without = await server.request('POST', '/sdk_calls/voice_response', {
      token: null,
      body: { To: parentNumber }
    })
    const forged = await callback(server, '/sdk_calls/voice_response', form, {
      signature: 'forged'
    })
    const unknown = await callback(server, '/sdk_calls/voice_response', form)
    await server.idle()

    assert.deepEqual([without.status, forged, unknown], [403, 403, 200])
    assert.deepEqual(callEvents(server), [])
  })

  test('a parent who is busy, or away, is told of as such', async t => {
    const server = await build(t, dialect)
    const identity = await aBrowser(server)

    person(server, parentNumber, { answers: 'busy' })
    await browserCalls(server, identity, { To: parentNumber })
    await server.advance('2 min')
    person(server, parentNumber, { answers: 'nobody' })
    await browserCalls(server, identity, { To: parentNumber })
    await server.advance('2 min')

    assert.deepEqual(
      callEvents(server)
        .filter(event => event['failed_at'] !== null)
        .map(event => [event['internal_status'], event['error_description']]),
      [
        ['busy', 'The line was busy, or the call was declined.'],
        ['no_answer', 'Nobody picked up.']
      ]
    )
    assertNobodyIsOnTheLine(server)
  })

  test('a call of which no callback comes is looked up and settled', async t => {
    const server = await build(t, dialect)
    const identity = await aBrowser(server)
    person(server, parentNumber, { answers: 'person', after: '3 s', hangs_up_after: '20 s' })
    await browserCalls(server, identity, { To: parentNumber })
    server.mock.world().faults.add({ effect: { type: 'callback', fault: 'drop' } })
    await server.advance('5 min')

    const last = callEvents(server).at(-1)
    assert.deepEqual(
      [last?.['internal_status'], last?.['provider_status']],
      ['completed', 'completed']
    )
    assert.deepEqual(wordsHeard(server, parentNumber), [])
  })

  test('a call that a client asked for is looked after once the provider tells of it', async t => {
    const server = await build(t, dialect)
    person(server, parentNumber, { answers: 'person', after: '3 s', hangs_up_after: '20 s' })
    const { body: twiml } = await server.request('POST', '/sdk_calls/voice_response', {
      body: { To: parentNumber }
    })
    const [, uuid = ''] = /call_uuid=([0-9a-f-]{36})/.exec(twiml) ?? []
    await server.advance('1 h')
    const { TWILIO_ACCOUNT_SID: account, TWILIO_AUTH_TOKEN: token } = server.deps.config
    const made = await server.mock.app.inject({
      method: 'POST',
      url: `/2010-04-01/Accounts/${account}/Calls.json`,
      headers: {
        authorization: `Basic ${Buffer.from(`${account}:${token}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded'
      },
      payload: new URLSearchParams({
        To: '+16015550170',
        From: firstNumber,
        Twiml: twiml
      }).toString()
    })
    assert.equal(made.statusCode, 201)
    await server.advance('8 s')

    server.mock.world().faults.add({ effect: { type: 'callback', fault: 'drop' } })
    await server.advance('10 min')

    const statuses = callEvents(server).map(event => event['internal_status'])
    assert.deepEqual([statuses[0], statuses.at(-1)], ['ringing', 'completed'])
    const { body: call } = await server.request('GET', `/calls/${uuid}`)
    assert.equal(call.internal_status, 'completed')
  })
})

// Once: a day of virtual time is long, and no database matters to it.
test('a call that a client asked for and that nobody makes is told as failed after a day', async t => {
  const server = await build(t, 'sqlite')
  await aPairing(server)

  await server.request('POST', '/sdk_calls/voice_response', { body: { To: parentNumber } })
  await server.advance('25 h')

  assert.deepEqual(
    callEvents(server).map(event => [event['internal_status'], event['error_code']]),
    [['failed', 'never_made']]
  )
})
