import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import * as fc from 'fast-check'

import {
  account,
  authorization,
  build,
  firstNumber,
  person,
  type FormValues
} from '../../contracts/twilio/judged-mock.ts'
import { developmentAccountSeed } from '../development-account.ts'
import type { WorldSeed } from '../seeds.ts'

const longCall = '<Response><Pause length="3600"/></Response>'

/** A call that goes on, and an application that hears of its recordings. */
async function aCall(t: TestContext, seed: Partial<WorldSeed> = {}) {
  const built = await build(t, [{ ...developmentAccountSeed(), ...seed }])
  const { request, receiver, mock } = built
  receiver.answers(({ url }) => (url.startsWith('/voice') ? { body: longCall } : { status: 204 }))
  const { body } = await request('POST', `${account}/Calls.json`, {
    To: person,
    From: firstNumber,
    Url: `${receiver.url}/voice`
  })
  await mock.clock.advance('30 s')
  const recordings = `${account}/Calls/${body.sid}/Recordings`
  const download = (path: string, headers: Record<string, string> = { authorization }) =>
    mock.app.inject({ url: path, headers })
  return {
    ...built,
    sid: body.sid,
    recordings,
    download,
    record: async (form: FormValues = {}) => {
      const answer = await request('POST', `${recordings}.json`, {
        RecordingStatusCallback: `${receiver.url}/recording`,
        RecordingStatusCallbackEvent: ['in-progress', 'completed', 'absent'],
        ...form
      })
      return answer
    },
    update: (recording: string, form: FormValues) =>
      request('POST', `${recordings}/${recording}.json`, form),
    /** Somebody says something into the call. */
    says: (words: string, ms = 1000, channel: 1 | 2 = 1) =>
      mock.recordings.note(
        mock.world(),
        { callSid: body.sid },
        { who: person, channel, words, ms }
      ),
    hangUp: async () => {
      await request('POST', `${account}/Calls/${body.sid}.json`, { Status: 'completed' })
      await mock.clock.advance('5 s')
    },
    told: () =>
      receiver.received.filter(({ url }) => url.startsWith('/recording')).map(({ form }) => form)
  }
}

test('a recording begins over the API, ends with its call, and is told at both ends', async t => {
  const call = await aCall(t)

  const { status, body } = await call.record()
  await call.mock.clock.advance('12 s')
  await call.hangUp()

  assert.equal(status, 201)
  assert.deepEqual(
    [body['status'], body['source'], body['channels'], body['track'], body['duration']],
    ['in-progress', 'StartCallRecordingAPI', 1, 'both', null]
  )
  const [first, last, ...others] = call.told()
  assert.deepEqual(others, [])
  assert.deepEqual(first, {
    AccountSid: first?.['AccountSid'],
    CallSid: call.sid,
    ErrorCode: '0',
    RecordingChannels: '1',
    RecordingSid: body.sid,
    RecordingSource: 'StartCallRecordingAPI',
    RecordingStartTime: 'Mon, 23 Nov 2026 12:00:30 +0000',
    RecordingStatus: 'in-progress',
    RecordingTrack: 'both'
  })
  const { RecordingStatus, RecordingDuration, RecordingUrl = '', ...rest } = last ?? {}
  assert.deepEqual([RecordingStatus, RecordingDuration], ['completed', '12'])
  assert.ok(RecordingUrl.endsWith(`${account}/Recordings/${body.sid}`))
  assert.equal(rest['RecordingSid'], body.sid)
  const read = await call.request('GET', `${account}/Recordings/${body.sid}.json`)
  assert.deepEqual(
    [read.body['status'], read.body['duration'], read.body['price']],
    ['completed', '12', '-0.00250']
  )
})

test('while it is paused a recording skips, or is silent, and words are not kept', async t => {
  const call = await aCall(t)
  const lengths: Record<string, unknown> = {}

  for (const PauseBehavior of ['skip', 'silence']) {
    const { body } = await call.record()
    await call.mock.clock.advance('10 s')
    const paused = await call.update('Twilio.CURRENT', { Status: 'paused', PauseBehavior })
    const again = await call.update(body.sid, { Status: 'paused' })
    call.says('My card number is')
    await call.mock.clock.advance('20 s')
    const resumed = await call.update(body.sid, { Status: 'in-progress' })
    call.says('Thank you')
    await call.mock.clock.advance('5 s')
    const stopped = await call.update(body.sid, { Status: 'stopped' })
    await call.mock.clock.advance('5 s')

    assert.deepEqual(
      [paused, again, resumed, stopped].map(answer => answer.body['status']),
      ['paused', 'paused', 'in-progress', 'stopped']
    )
    const read = await call.request('GET', `${call.recordings}/${body.sid}.json`)
    lengths[PauseBehavior] = read.body['duration']
    const kept = call.mock
      .world()
      .recordings.find(body.sid)
      ?.said.map(({ words }) => words)
    assert.deepEqual(kept, ['Thank you'])
  }

  assert.deepEqual(lengths, { skip: '15', silence: '35' })
})

test('silence at both ends is cut off where that is asked for', async t => {
  const call = await aCall(t)

  const { body } = await call.record({ Trim: 'trim-silence' })
  await call.mock.clock.advance('10 s')
  call.says('Good morning', 2000)
  await call.mock.clock.advance('5 s')
  call.says('Goodbye', 1000)
  await call.mock.clock.advance('60 s')
  await call.hangUp()

  const read = await call.request('GET', `${call.recordings}/${body.sid}.json`)
  assert.equal(read.body['duration'], '6')
})

test('the file of a recording is as long as the recording, as WAV and as MP3', async t => {
  const call = await aCall(t)
  const { body } = await call.record()
  call.says('Hello', 2000)
  await call.mock.clock.advance('7 s')
  await call.hangUp()
  const path = `${account}/Recordings/${body.sid}`

  const plain = await call.download(path)
  const wav = await call.download(`${path}.wav`)
  const mp3 = await call.download(`${path}.mp3`)

  assert.deepEqual(
    [plain, wav, mp3].map(({ statusCode, headers }) => [statusCode, headers['content-type']]),
    [
      [200, 'audio/x-wav'],
      [200, 'audio/x-wav'],
      [200, 'audio/mpeg']
    ]
  )
  assert.ok(plain.rawPayload.equals(wav.rawPayload))
  assert.deepEqual(readWav(wav.rawPayload), { channels: 1, rate: 8000, bits: 16, seconds: 7 })
  assert.ok(isLoud(wav.rawPayload, 1, 0) && !isLoud(wav.rawPayload, 3, 0), 'sound, then silence')
  const frames = readMp3(mp3.rawPayload)
  assert.ok(Math.abs(frames.seconds - 7) < 0.036 && frames.channels === 1)
  for (const file of [wav, mp3]) {
    assert.equal(Number(file.headers['content-length']), file.rawPayload.length)
  }
})

test('a recording is as long as a call may last at most, however far the clock is set', async t => {
  const call = await aCall(t)
  const { body } = await call.record({ RecordingChannels: 'dual' })
  await call.mock.clock.advance('2 s')
  await call.hangUp()
  const recording = call.mock.world().recordings.find(body.sid)
  assert.ok(recording)
  recording.recordedMs = 28_726_905_280_036
  const path = `${account}/Recordings/${body.sid}`

  const { statusCode, headers } = await call.mock.app.inject({
    method: 'HEAD',
    url: `${path}.wav`,
    headers: { authorization }
  })
  const start = await call.download(`${path}.wav`, { authorization, range: 'bytes=0-43' })

  assert.deepEqual([statusCode, start.statusCode], [200, 206])
  assert.equal(Number(headers['content-length']), 44 + 24 * 3600 * 8000 * 2 * 2)
})

test('a dual recording has the phone in one channel and what was sent there in the other', async t => {
  const call = await aCall(t)
  const { body } = await call.record({ RecordingChannels: 'dual' })
  call.says('Hello', 1000, 1)
  await call.mock.clock.advance('2 s')
  call.says('Good morning', 1000, 2)
  await call.mock.clock.advance('2 s')
  await call.hangUp()
  const path = `${account}/Recordings/${body.sid}.wav`

  const { rawPayload: dual } = await call.download(`${path}?RequestedChannels=2`)
  const { rawPayload: usual } = await call.download(path)
  const { rawPayload: mono } = await call.download(`${path}?RequestedChannels=1`)
  const { rawPayload: mp3 } = await call.download(path.replace('.wav', '.mp3'))

  assert.deepEqual(readWav(dual), { channels: 2, rate: 8000, bits: 16, seconds: 4 })
  assert.ok(usual.equals(dual))
  assert.ok(isLoud(dual, 0, 0) && !isLoud(dual, 0, 1) && !isLoud(dual, 2, 0) && isLoud(dual, 2, 1))
  assert.deepEqual(readWav(mono), { channels: 1, rate: 8000, bits: 16, seconds: 4 })
  assert.ok(isLoud(mono, 0, 0) && isLoud(mono, 2, 0))
  assert.equal(readMp3(mp3).channels, 2)
})

test('a mono recording has no two channels to give', async t => {
  const call = await aCall(t)
  const { body } = await call.record()
  await call.mock.clock.advance('2 s')
  await call.hangUp()

  const answer = await call.download(`${account}/Recordings/${body.sid}.wav?RequestedChannels=2`)

  assert.deepEqual([answer.statusCode, answer.json().code], [400, 16113])
})

test('any part of a file can be had by itself, and its length without it', async t => {
  const call = await aCall(t)
  const { body } = await call.record({ RecordingChannels: 'dual' })
  call.says('Hello', 800)
  await call.mock.clock.advance('3 s')
  await call.hangUp()
  const seed = Number(process.env['TEST_SEED'] ?? 601_555)

  for (const ending of ['.wav', '.mp3']) {
    const path = `${account}/Recordings/${body.sid}${ending}`
    const { rawPayload: whole } = await call.download(path)
    const size = whole.length
    const head = await call.mock.app.inject({
      method: 'HEAD',
      url: path,
      headers: { authorization }
    })
    assert.deepEqual(
      [head.statusCode, head.headers['content-length'], head.rawPayload.length],
      [200, String(size), 0]
    )
    const part = fc.tuple(fc.nat(size - 1), fc.nat(size + 10))
    await fc.assert(
      fc.asyncProperty(part, async ([a, b]) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)]
        const range = `bytes=${from}-${to}`
        const answer = await call.download(path, { authorization, range })
        assert.equal(answer.statusCode, 206)
        assert.ok(answer.rawPayload.equals(whole.subarray(from, to + 1)), range)
      }),
      { numRuns: 40, seed }
    )
    const ranges: [string, number, Buffer | undefined][] = [
      ['bytes=-100', 206, whole.subarray(-100)],
      ['bytes=40-', 206, whole.subarray(40)],
      [`bytes=${size}-`, 416, undefined],
      ['bytes=9-3', 200, whole],
      ['bytes=0-1,4-5', 200, whole],
      ['lines=1-2', 200, whole]
    ]
    for (const [range, status, bytes] of ranges) {
      const answer = await call.download(path, { authorization, range })
      assert.equal(answer.statusCode, status, range)
      if (bytes !== undefined) assert.ok(answer.rawPayload.equals(bytes), range)
    }
  }
})

test('of an hour of sound only that is made which somebody reads', async t => {
  const call = await aCall(t)
  const { body } = await call.record({ RecordingChannels: 'dual' })
  await call.mock.clock.advance('55 min')
  await call.hangUp()
  const url = await call.mock.app.listen({ port: 0 })
  const before = process.memoryUsage().arrayBuffers

  const answer = await fetch(`${url}${account}/Recordings/${body.sid}.wav`, {
    headers: { authorization }
  })
  const reader = answer.body?.getReader()
  const first = await reader?.read()
  const held = process.memoryUsage().arrayBuffers - before
  await reader?.cancel()

  assert.equal(Number(answer.headers.get('content-length')), 44 + 55 * 60 * 32_000)
  assert.ok((first?.value?.length ?? 0) > 0)
  assert.ok(held < 10_000_000, `${held} bytes are held`)
})

test('the file needs a login, unless the account is from before that was asked for', async t => {
  const strict = await aCall(t)
  const open = await aCall(t, { recording_auth: 'off' })
  const statuses = await Promise.all(
    [strict, open].map(async call => {
      const { body } = await call.record()
      await call.mock.clock.advance('2 s')
      await call.hangUp()
      const path = `${account}/Recordings/${body.sid}`
      const wrong = `Basic ${Buffer.from('me:you').toString('base64')}`
      const answers = [
        await call.download(`${path}.wav`, {}),
        await call.download(`${path}.mp3`, { authorization: wrong }),
        await call.download(`${path}.json`, {})
      ]
      return answers.map(({ statusCode }) => statusCode)
    })
  )

  assert.deepEqual(statuses, [
    [401, 401, 401],
    [200, 401, 401]
  ])
})

test('there is no file before it is made, and none after it is deleted', async t => {
  const call = await aCall(t)
  const { body } = await call.record()
  const path = `${account}/Recordings/${body.sid}`
  const file = async () => (await call.download(`${path}.mp3`)).statusCode
  await call.mock.clock.advance('3 s')

  const early = await file()
  const tooEarly = await call.request('DELETE', `${path}.json`)
  await call.hangUp()
  const made = await file()
  const deleted = await call.request('DELETE', `${path}.json`)
  const gone = await file()

  assert.deepEqual([early, made, gone, deleted.status], [404, 200, 404, 204])
  assert.deepEqual([tooEarly.status, tooEarly.body['code']], [409, 20009])
  assert.equal((await call.request('GET', `${path}.json`)).status, 404)
  assert.equal((await call.request('DELETE', `${path}.json`)).status, 404)
  const kept = await call.request('GET', `${path}.json`, { IncludeSoftDeleted: true })
  assert.deepEqual([kept.status, kept.body['status']], [200, 'deleted'])
  await call.mock.clock.advance('41 days')
  const later = await call.request('GET', `${path}.json`, { IncludeSoftDeleted: true })
  assert.equal(later.status, 404)
})

test('a recording of less than a second is none, and says why', async t => {
  const call = await aCall(t)

  const { body } = await call.record()
  await call.mock.clock.advance(400)
  await call.hangUp()

  const { body: read } = await call.request('GET', `${account}/Recordings/${body.sid}.json`)
  assert.deepEqual([read['status'], read['error_code'], read['price']], ['absent', 16101, null])
  const last = call.told().at(-1)
  assert.deepEqual([last?.['RecordingStatus'], last?.['ErrorCode']], ['absent', '16101'])
  assert.equal(last?.['RecordingUrl'], undefined)
})

test('silence is a recording, unless the account does not keep it', async t => {
  const usual = await aCall(t)
  const other = await aCall(t, { silent_recordings: 'absent' })
  const found: unknown[] = []

  for (const call of [usual, other]) {
    const { body } = await call.record()
    await call.mock.clock.advance('5 s')
    await call.hangUp()
    const { body: read } = await call.request('GET', `${account}/Recordings/${body.sid}.json`)
    found.push([read['status'], read['error_code']])
  }

  assert.deepEqual(found, [
    ['completed', null],
    ['absent', 16102]
  ])
})

test('recordings are listed newest first, by call, by date and with those that are deleted', async t => {
  const call = await aCall(t)
  const take = async () => {
    const { body } = await call.record()
    await call.mock.clock.advance('2 s')
    await call.update(body.sid, { Status: 'stopped' })
    await call.mock.clock.advance('1 h')
    return body.sid
  }
  await call.request('POST', `${account}/Calls/${call.sid}.json`, { Status: 'completed' })
  const again = await aCallWithin(call)
  const list = async (path: string, query: FormValues = {}) => {
    const { body } = await call.request('GET', path, query)
    const { recordings } = body
    return Array.isArray(recordings) ? recordings.map(({ sid }: { sid: string }) => sid) : []
  }
  const [first, second, third] = [await take(), await take(), await take()]
  const all = `${account}/Recordings.json`

  assert.deepEqual(await list(all), [third, second, first])
  assert.deepEqual(await list(all, { CallSid: call.sid }), [])
  assert.deepEqual(await list(all, { CallSid: again, PageSize: 1 }), [third])
  assert.deepEqual(await list(all, { ConferenceSid: `CF${'0'.repeat(32)}` }), [])
  assert.deepEqual(await list(all, { 'DateCreated>': '2026-11-23T14:00:00Z' }), [third])
  assert.deepEqual(await list(`${account}/Calls/${again}/Recordings.json`), [third, second, first])
  await call.request('DELETE', `${account}/Calls/${again}/Recordings/${second}.json`)
  assert.deepEqual(await list(all), [third, first])
  assert.deepEqual(await list(all, { IncludeSoftDeleted: true }), [third, second, first])

  /** Records go to this one from now on. */
  async function aCallWithin(built: typeof call): Promise<string> {
    const { body } = await built.request('POST', `${account}/Calls.json`, {
      To: person,
      From: firstNumber,
      Twiml: '<Response><Pause length="14000"/></Response>'
    })
    await built.mock.clock.advance('30 s')
    built.record = form =>
      built.request('POST', `${account}/Calls/${body.sid}/Recordings.json`, form)
    built.update = (sid, form) =>
      built.request('POST', `${account}/Calls/${body.sid}/Recordings/${sid}.json`, form)
    return body.sid
  }
})

test('what cannot be recorded is refused, and nothing is changed', async t => {
  const call = await aCall(t)
  const { body } = await call.record()
  await call.mock.clock.advance('5 s')
  const refusals: [number, Promise<{ body: Record<string, unknown> }>][] = [
    [16108, call.record()],
    [20001, call.record({ RecordingChannels: 'three' })],
    [20001, call.record({ RecordingTrack: 'middle' })],
    [20001, call.record({ Trim: 'yes' })],
    [20001, call.record({ RecordingStatusCallbackEvent: 'finished' })],
    [21609, call.record({ RecordingStatusCallback: 'here' })],
    [21209, call.record({ RecordingStatusCallbackMethod: 'PUT' })],
    [20001, call.update(body.sid, {})],
    [20001, call.update(body.sid, { Status: 'completed' })],
    [20001, call.update(body.sid, { Status: 'paused', PauseBehavior: 'music' })],
    [20404, call.update(`RE${'0'.repeat(32)}`, { Status: 'paused' })]
  ]

  for (const [code, answer] of refusals) assert.equal((await answer).body['code'], code)

  await call.hangUp()
  assert.equal((await call.update(body.sid, { Status: 'paused' })).body['code'], 20009)
  assert.equal((await call.update('Twilio.CURRENT', { Status: 'paused' })).body['code'], 20404)
  assert.equal((await call.record()).body['code'], 21220)
  assert.equal(call.mock.world().recordings.size, 1)
})

interface WavHead {
  channels: number
  rate: number
  bits: number
  seconds: number
}

/** As RIFF has it: http://soundfile.sapp.org/doc/WaveFormat/ */
function readWav(file: Buffer): WavHead {
  assert.equal(file.toString('latin1', 0, 4) + file.toString('latin1', 8, 16), 'RIFFWAVEfmt ')
  assert.equal(file.readUInt32LE(4), file.length - 8)
  assert.equal(file.readUInt16LE(20), 1, 'PCM')
  assert.equal(file.toString('latin1', 36, 40), 'data')
  assert.equal(file.readUInt32LE(40), file.length - 44)
  const [channels, rate, bits] = [
    file.readUInt16LE(22),
    file.readUInt32LE(24),
    file.readUInt16LE(34)
  ]
  assert.equal(file.readUInt32LE(28), (rate * channels * bits) / 8)
  return { channels, rate, bits, seconds: (file.length - 44) / ((rate * channels * bits) / 8) }
}

/** Whether there is sound in the half second behind a time, in one channel. */
function isLoud(file: Buffer, second: number, channel: number): boolean {
  const channels = file.readUInt16LE(22)
  for (let at = second * 8000; at < (second + 0.5) * 8000; at++) {
    if (Math.abs(file.readInt16LE(44 + (at * channels + channel) * 2)) > 1000) return true
  }
  return false
}

/** Goes from frame to frame by what their headers say: http://www.mp3-tech.org/programmer/frame_header.html */
function readMp3(file: Buffer): { seconds: number; channels: number } {
  const bitrates = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
  const rates = [22_050, 24_000, 16_000]
  let [seconds, channels, at] = [0, 0, 0]
  while (at < file.length) {
    const header = file.readUInt32BE(at)
    assert.equal(header >>> 17, 0b111_1111_1111_1001, `a frame of MPEG-2 layer III at ${at}`)
    const bitrate = (bitrates[(header >>> 12) & 15] ?? 0) * 1000
    const rate = rates[(header >>> 10) & 3] ?? 0
    channels = ((header >>> 6) & 3) === 3 ? 1 : 2
    seconds += 576 / rate
    at += Math.floor((72 * bitrate) / rate) + ((header >>> 9) & 1)
  }
  assert.equal(at, file.length)
  return { seconds, channels }
}
