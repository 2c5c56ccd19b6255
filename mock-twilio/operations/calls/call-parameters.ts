import { plainSettings, usualLimitMs } from '../../voice/new-call.ts'
import { refusal } from '../../errors.ts'
import { flag, isWebUrl, oneOf, text, texts, type Form } from '../../forms.ts'
import { isPhoneNumber } from '../../phone-number.ts'
import {
  callEvents,
  type CallProgressEvent,
  type CallSettings,
  type MachineDetection,
  type RecordingWish
} from '../../voice/call-record.ts'
import { callOfToken } from '../../voice/call-token.ts'
import type { World } from '../../world.ts'

/*
 * The checks of a new call, each with the code that Twilio gives for it.
 * https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource
 * https://www.twilio.com/docs/iam/test-credentials#test-making-calls
 */

const magicCaller = '+15005550006'

const refusedCallees = new Map<string, 21217 | 21214 | 21215 | 21216>([
  ['+15005550001', 21217],
  ['+15005550002', 21214],
  ['+15005550003', 21215],
  ['+15005550004', 21216]
])

const browser = /^client:\S{1,256}$/

export function readCallee(form: Form): string {
  const to = text(form, 'To')
  if (to === undefined || to === '') throw refusal(21201)
  if (/^sips?:/i.test(to)) throw refusal(21226, to)
  if (!isPhoneNumber(to) && !browser.test(to)) throw refusal(21211, to)
  return to
}

export function refuseMagicCallee(to: string): void {
  const code = refusedCallees.get(to)
  if (code !== undefined) throw refusal(code, to)
}

/**
 * A number of the account that can call, or one that was verified for it; the caller of a call that came in, with
 * its token; and a browser, where it calls another one.
 */
export function readCaller(
  world: World,
  form: Form,
  to: string
): { from: string; sid: string | null } {
  const from = text(form, 'From')
  if (from === undefined || from === '') throw refusal(21213)
  if (from === '+15005550001') throw refusal(21212, from)
  if (from === magicCaller) return { from, sid: null }
  if (browser.test(from) && browser.test(to)) return { from, sid: null }
  const number = world.numbersByPhone.get(from)
  if (number?.voice === true && number.sid.startsWith('PN')) return { from, sid: number.sid }
  const isVerified = world.callerIds.values().some(({ phoneNumber }) => phoneNumber === from)
  // The resource names its sid as a phone number's, and that of a verified caller id begins so as well.
  if (isVerified || callOfToken(text(form, 'CallToken'), world)?.from === from) {
    return { from, sid: null }
  }
  throw refusal(number !== undefined || isPhoneNumber(from) ? 21210 : 21212, from)
}

/** What has no effect here is at least what it must be. */
export function checkTheRest(world: World, form: Form): void {
  const reason = text(form, 'CallReason') ?? ''
  if (reason.length > longestReason)
    throw refusal(21658, 'CallReason', reason.length, longestReason)
  const trunk = text(form, 'Byoc')
  if (trunk) throw refusal(20001, `Byoc ${trunk} is no trunk of ${world.accountSid}`)
  readUrl(form, 'ClientNotificationUrl', 21402)
  for (const [name, code] of [
    ['SipAuthUsername', 21221],
    ['SipAuthPassword', 21223]
  ] as const) {
    if ((text(form, name) ?? '').length > 255) throw refusal(code)
  }
  text(form, 'CallerId')
}

const longestReason = 50

export function readSettings(world: World, form: Form): CallSettings {
  const common = {
    ringMs: seconds(form, 'Timeout', 60, 600, 21208) * 1000,
    limitMs: readLimitMs(form) ?? usualLimitMs,
    sendDigits: readSendDigits(form),
    detection: readDetection(form),
    recording: readRecording(form)
  }
  const sid = text(form, 'ApplicationSid')
  if (sid) return { ...settingsOfApplication(world, sid), ...common }
  const url = text(form, 'Url')
  const twiml = readTwiml(form)
  if (!url && twiml === null) throw refusal(21205, '')
  if (url && !isWebUrl(url)) throw refusal(21205, url)
  return {
    url: url || null,
    // The address counts where both are given.
    twiml: url ? null : twiml,
    method: readMethod(form, 'Method'),
    fallbackUrl: readUrl(form, 'FallbackUrl', 21402),
    fallbackMethod: readMethod(form, 'FallbackMethod'),
    statusCallback: readUrl(form, 'StatusCallback', 21609),
    statusCallbackMethod: readMethod(form, 'StatusCallbackMethod'),
    statusCallbackEvents: readEvents(form),
    ...common
  }
}

/** Of the call to a participant of a conference, whose document its maker writes. */
export function readParticipantCall(form: Form): CallSettings {
  const detection = readDetection(form, 'AmdStatusCallback')
  return {
    ...plainSettings,
    ringMs: seconds(form, 'Timeout', 60, 600, 21208) * 1000,
    limitMs: readLimitMs(form) ?? usualLimitMs,
    // Who is detected is in the conference already.
    detection: detection && { ...detection, isAsync: true },
    recording: readRecording(form),
    statusCallback: readUrl(form, 'StatusCallback', 21609),
    statusCallbackMethod: readMethod(form, 'StatusCallbackMethod'),
    statusCallbackEvents: readEvents(form)
  }
}

/** With an application, addresses and methods of the request are not looked at. */
function settingsOfApplication(
  world: World,
  sid: string
): Omit<CallSettings, 'ringMs' | 'limitMs' | 'sendDigits' | 'detection' | 'recording'> {
  const application = world.applications.get(sid)
  if (application === undefined) throw refusal(21218, sid)
  if (application.voiceUrl === '') throw refusal(21205, '')
  return {
    url: application.voiceUrl,
    twiml: null,
    method: application.voiceMethod,
    fallbackUrl: application.voiceFallbackUrl || null,
    fallbackMethod: application.voiceFallbackMethod,
    statusCallback: application.statusCallback || null,
    statusCallbackMethod: application.statusCallbackMethod,
    statusCallbackEvents: ['completed']
  }
}

const mostTwiml = 4000

export function readTwiml(form: Form): string | null {
  const twiml = text(form, 'Twiml')
  if (twiml === undefined || twiml === '') return null
  if (twiml.length > mostTwiml) throw refusal(21658, 'Twiml', twiml.length, mostTwiml)
  return twiml
}

export function readMethod(
  form: Form,
  name: string,
  usual: 'GET' | 'POST' = 'POST'
): 'GET' | 'POST' {
  const method = (text(form, name) || usual).toUpperCase()
  if (method !== 'GET' && method !== 'POST') throw refusal(21209, method)
  return method
}

export function readUrl(form: Form, name: string, code: 21402 | 21609): string | null {
  const url = text(form, name)
  if (url === undefined || url === '') return null
  if (!isWebUrl(url)) throw refusal(code, url)
  return url
}

export function readLimitMs(form: Form): number | undefined {
  const limit = text(form, 'TimeLimit')
  if (limit === undefined || limit === '') return undefined
  const value = /^\d{1,6}$/.test(limit) ? Number(limit) : 0
  if (value < 1) throw refusal(20001, `TimeLimit is a number of seconds, got ${limit}`)
  return value * 1000
}

function splitWords(value: string): string[] {
  return value.split(/[\s,]+/).filter(word => word !== '')
}

/** Repeated, as documented; the SDKs of some languages join them by spaces or commas. */
function readEvents(form: Form): CallProgressEvent[] {
  const given = texts(form, 'StatusCallbackEvent').flatMap(splitWords)
  if (given.length === 0) return ['completed']
  return given.map(value => {
    const event = callEvents.find(known => known === value)
    if (event === undefined) throw refusal(21626, value)
    return event
  })
}

/** SendDigits and detection exclude each other: the digits win. */
function readDetection(
  form: Form,
  callbackName = 'AsyncAmdStatusCallback'
): MachineDetection | null {
  const mode = text(form, 'MachineDetection')
  if (mode === undefined || mode === '') return null
  if (mode !== 'Enable' && mode !== 'DetectMessageEnd') throw refusal(21234, mode)
  const timeoutMs = wholeNumber(form, 'MachineDetectionTimeout', 30, 3, 60) * 1000
  const speechMs = wholeNumber(form, 'MachineDetectionSpeechThreshold', 2400, 1000, 6000)
  const speechEndMs = wholeNumber(form, 'MachineDetectionSpeechEndThreshold', 1200, 500, 5000)
  const silenceMs = wholeNumber(form, 'MachineDetectionSilenceTimeout', 5000, 2000, 10_000)
  const isAsync = flag(form, 'AsyncAmd') ?? false
  const statusCallback = readUrl(form, callbackName, 21609)
  const statusCallbackMethod = readMethod(form, `${callbackName}Method`)
  if (text(form, 'SendDigits')) return null
  return {
    mode,
    timeoutMs,
    speechMs,
    speechEndMs,
    silenceMs,
    isAsync,
    statusCallback,
    statusCallbackMethod
  }
}

function readSendDigits(form: Form): string {
  const digits = text(form, 'SendDigits') ?? ''
  if (!/^[0-9A-D#*wW]{0,32}$/.test(digits)) throw refusal(21206, digits)
  return digits
}

/** https://www.twilio.com/docs/voice/api/call-resource#recordingstatuscallback */
function readRecording(form: Form): RecordingWish | null {
  const isRecorded = flag(form, 'Record') ?? false
  const channels = oneOf(form, 'RecordingChannels', ['mono', 'dual']) ?? 'mono'
  const track = oneOf(form, 'RecordingTrack', ['inbound', 'outbound', 'both']) ?? 'both'
  const trim = oneOf(form, 'Trim', ['trim-silence', 'do-not-trim']) ?? 'trim-silence'
  const statusCallback = readUrl(form, 'RecordingStatusCallback', 21609)
  const statusCallbackMethod = readMethod(form, 'RecordingStatusCallbackMethod')
  const given = texts(form, 'RecordingStatusCallbackEvent').flatMap(splitWords)
  const events = given.map(value => {
    const event = recordingEvents.find(known => known === value)
    if (event === undefined) {
      throw refusal(
        20001,
        `RecordingStatusCallbackEvent is ${recordingEvents.join(', ')}, got ${value}`
      )
    }
    return event
  })
  if (!isRecorded) return null
  return {
    channels: channels === 'dual' ? 2 : 1,
    track,
    trims: trim === 'trim-silence',
    statusCallback,
    statusCallbackMethod,
    statusCallbackEvents: events.length > 0 ? events : ['completed']
  }
}

const recordingEvents = ['in-progress', 'completed', 'absent'] as const

function seconds(form: Form, name: string, usual: number, most: number, code: 21208): number {
  const given = text(form, name)
  if (given === undefined || given === '') return usual
  const value = /^\d{1,4}$/.test(given) ? Number(given) : 0
  if (value < 1 || value > most) throw refusal(code, given)
  return value
}

function wholeNumber(form: Form, name: string, usual: number, least: number, most: number): number {
  const given = text(form, name)
  if (given === undefined || given === '') return usual
  const value = /^\d{1,6}$/.test(given) ? Number(given) : -1
  if (value < least || value > most) throw refusal(21263, name, least, most, given)
  return value
}
