import { Type, type Static } from '@sinclair/typebox'

import type { FormParameter } from '../../callbacks/signature.ts'
import type { World } from '../../world.ts'
import type { CallRecord } from '../call-record.ts'
import { isListenedTo } from '../people.ts'
import { Instant, Method, Ms, nullable, RecordingWish, Text } from '../plain-types.ts'
import {
  cut,
  expectAttributes,
  flagOf,
  methodOf,
  numberOf,
  urlOf,
  warn,
  type Element,
  type Reading
} from '../reading.ts'
import type { Stage, VerbHandler } from '../stage.ts'
import { note } from '../transcript.ts'
import { readRecordingWish } from './recording-wish.ts'

/*
 * Record beeps, and listens until a key, a silence, the longest time or the end of the call. Then the action is asked,
 * also when the caller has hung up. Who says nothing at all falls through to the next verb.
 * https://www.twilio.com/docs/voice/twiml/record
 */

export const Record = Type.Object({
  verb: Type.Literal('Record'),
  action: nullable(Text),
  method: Method,
  timeoutMs: Type.Number({ minimum: 0, description: '0: silence does not end it' }),
  finishOnKey: Text,
  maxLengthMs: Ms,
  playBeep: Type.Boolean(),
  transcribe: Type.Boolean(),
  transcribeCallback: nullable(Text),
  wish: RecordingWish,
  // How far it has come.
  recordingSid: nullable(Text),
  startedAt: nullable(Instant),
  spokenMs: Ms
})

type Record = Static<typeof Record>

const beepMs = 500

export const record: VerbHandler<Record> = {
  begin: (stage, world, call, verb) => {
    if (!verb.playBeep) {
      start(stage, world, call, verb)
      return
    }
    note(world, call, 'beep', 'beeps')
    stage.await(world, call, beepMs, 'beep-over')
  },
  step: (stage, world, call, verb, step) => {
    if (step === 'beep-over') start(stage, world, call, verb)
    else if (verb.spokenMs === 0 && step === 'silence') {
      end(stage, world, call, verb)
      stage.next(world, call)
    } else finish(stage, world, call, verb, '')
  },
  pressed: (stage, world, call, verb, key) => {
    if (verb.startedAt === null || !verb.finishOnKey.includes(key)) return false
    finish(stage, world, call, verb, key)
    return true
  },
  spoken: (stage, world, call, verb, _words, ms) => {
    if (verb.startedAt === null) return false
    verb.spokenMs += ms
    listen(stage, world, call, verb, ms)
    return true
  },
  leave: (stage, world, call, verb, why) => {
    if (verb.startedAt === null) return
    const told = end(stage, world, call, verb)
    if (why !== 'hung-up') return
    const { action, method } = verb
    stage.report(world, call, { url: action ?? '', method, more: parameters(told, 'hangup') })
  }
}

function start(stage: Stage, world: World, call: CallRecord, verb: Record): void {
  const { wish } = verb
  note(world, call, 'record', 'records')
  verb.startedAt = world.now()
  verb.recordingSid = stage.recorder.start(world, { ...wish, call, source: 'RecordVerb' })
  listen(stage, world, call, verb, 0)
  isListenedTo(world, call, { keys: false, speech: true })
}

/** Until the silence after what is being said, and no longer than it may last. */
function listen(
  stage: Stage,
  world: World,
  call: CallRecord,
  verb: Record,
  spokenMs: number
): void {
  const passed = world.now() - (verb.startedAt ?? world.now())
  const left = Math.max(0, verb.maxLengthMs - passed)
  const silentAfter = verb.timeoutMs === 0 ? left : spokenMs + verb.timeoutMs
  if (silentAfter < left) stage.await(world, call, silentAfter, 'silence')
  else stage.await(world, call, left, 'longest')
}

interface Told {
  url: string
  seconds: number
  sid: string
}

function end(stage: Stage, world: World, call: CallRecord, verb: Record): Told {
  const { recordingSid, startedAt, transcribe, transcribeCallback: callback } = verb
  const sid = recordingSid ?? ''
  const ms = world.now() - (startedAt ?? world.now())
  verb.recordingSid = null
  verb.startedAt = null
  const isSilent = verb.spokenMs === 0
  const { url, seconds } = stage.recorder.end(world, sid, {
    ms,
    isSilent,
    transcribe: transcribe || callback !== null ? { callback } : null
  })
  note(world, call, 'recorded', isSilent ? 'recorded nothing' : `recorded ${seconds} s`)
  return { url, seconds, sid }
}

function finish(stage: Stage, world: World, call: CallRecord, verb: Record, key: string): void {
  const told = end(stage, world, call, verb)
  const { action, method } = verb
  stage.ask(world, call, { url: action ?? '', method, more: parameters(told, key) })
}

function parameters({ url, seconds, sid }: Told, key: string): FormParameter[] {
  return [
    ['Digits', key],
    ['RecordingDuration', String(seconds)],
    ['RecordingSid', sid],
    ['RecordingUrl', url]
  ]
}

/** A transcription takes no longer recording. */
const mostTranscribedSeconds = 120

export function readRecord(reading: Reading, element: Element): Record {
  expectAttributes(reading, element, ...attributes)
  const transcribeCallback = urlOf(element, 'transcribeCallback')
  const transcribe = flagOf(reading, element, 'transcribe', { usual: false, code: 13614 })
  const isTranscribed = transcribe || transcribeCallback !== null
  const maxLength = numberOf(reading, element, 'maxLength', {
    usual: isTranscribed ? mostTranscribedSeconds : 3600,
    least: 1,
    most: 14_400,
    code: 13612
  })
  if (isTranscribed && maxLength > mostTranscribedSeconds) {
    const message = `a recording that is transcribed lasts at most ${mostTranscribedSeconds} s`
    warn(reading, 13615, `${message}, got maxLength ${maxLength}`)
  }
  const finishOnKey = element.attributes['finishOnKey'] ?? everyKey
  const areKeys = /^[0-9*#]*$/.test(finishOnKey)
  if (!areKeys) warn(reading, 13613, `finishOnKey of Record are keys, got "${cut(finishOnKey)}"`)
  return {
    verb: 'Record',
    action: urlOf(element, 'action'),
    method: methodOf(reading, element, 13610),
    timeoutMs:
      numberOf(reading, element, 'timeout', { usual: 5, least: 0, most: 14_400, code: 13611 }) *
      1000,
    finishOnKey: areKeys ? finishOnKey : everyKey,
    maxLengthMs: maxLength * 1000,
    playBeep: flagOf(reading, element, 'playBeep', { usual: true, code: 13616 }),
    transcribe: isTranscribed,
    transcribeCallback,
    wish: readRecordingWish(reading, element, 1),
    recordingSid: null,
    startedAt: null,
    spokenMs: 0
  }
}

const everyKey = '1234567890*#'

const attributes = [
  'action',
  'method',
  'timeout',
  'finishOnKey',
  'maxLength',
  'playBeep',
  'trim',
  'recordingStatusCallback',
  'recordingStatusCallbackMethod',
  'recordingStatusCallbackEvent',
  'recordingTrack',
  'recordingConfigurationId',
  'transcribe',
  'transcribeCallback'
]
