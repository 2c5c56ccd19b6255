import type { CallProgressEvent, MachineDetection, RecordingWish } from '../call-record.ts'
import {
  choiceOf,
  cut,
  expectAttributes,
  flagOf,
  methodOf,
  numberOf,
  urlOf,
  warn,
  wordsOf,
  type Element,
  type Reading
} from '../reading.ts'
import type { Callee, Dial } from './dial.ts'
import { readRecordingWish } from './recording-wish.ts'

/** https://www.twilio.com/docs/voice/twiml/dial#attributes */
export function readDial(reading: Reading, element: Element): Dial {
  expectAttributes(reading, element, ...dialAttributes)
  const { children, attributes } = element
  const text = element.text.trim()
  const plain = text === '' ? [] : [numberNamed(text)]
  const callees = [...plain, ...children.flatMap(child => readCallee(reading, child) ?? [])]
  const room = children.find(({ name }) => name === 'Conference')
  if (room !== undefined && (callees.length > 0 || children.length > 1)) {
    warn(reading, 13000, 'a Conference stands alone in its Dial')
  }
  if (callees.length > mostCallees) {
    warn(reading, 12200, `a Dial rings at most ${mostCallees}, got ${callees.length}`)
  }
  if (room === undefined && callees.length === 0) {
    warn(reading, 13223, 'a Dial has nobody to dial')
  }
  const seconds = (name: string, usual: number, code: number, most: number) =>
    numberOf(reading, element, name, { usual, least: 1, most, code }) * 1000
  const flag = (name: string, code: number) =>
    flagOf(reading, element, name, { usual: false, code })
  return {
    verb: 'Dial',
    action: urlOf(element, 'action'),
    method: methodOf(reading, element, 13210),
    timeoutMs: seconds('timeout', 30, 13212, 600),
    timeLimitMs: seconds('timeLimit', 14_400, 13216, 86_400),
    callerId: attributes['callerId']?.trim() || null,
    hangupOnStar: flag('hangupOnStar', 13213),
    answerOnBridge: flag('answerOnBridge', 13219),
    isSequential: flag('sequential', 13218),
    ...readRecord(reading, element),
    callees: room === undefined ? callees.slice(0, mostCallees) : [],
    conference:
      room === undefined
        ? null
        : { noun: 'Conference', name: room.text.trim(), attributes: { ...room.attributes } },
    rung: 0,
    legs: [],
    answered: null,
    bridgedAt: null,
    isInRoom: false,
    recordingSid: null,
    recordingFrom: null,
    spoken: 0
  }
}

const mostCallees = 10

const recordings = [
  'do-not-record',
  'false',
  'true',
  'record-from-answer',
  'record-from-ringing',
  'record-from-answer-dual',
  'record-from-ringing-dual'
] as const

function readRecord(
  reading: Reading,
  element: Element
): { recordsFrom: Dial['recordsFrom']; wish: RecordingWish } {
  const record = choiceOf(reading, element, 'record', {
    among: recordings,
    usual: 'do-not-record',
    code: 13217
  })
  const isOff = record === 'do-not-record' || record === 'false'
  const wish = readRecordingWish(reading, element, record.endsWith('-dual') ? 2 : 1)
  return { recordsFrom: isOff ? null : record.includes('ringing') ? 'ringing' : 'answer', wish }
}

function readCallee(reading: Reading, element: Element): Callee | undefined {
  switch (element.name) {
    case 'Number':
      return readNumber(reading, element)
    case 'Client':
      return readClient(reading, element)
    case 'Conference':
      return undefined
    case 'Sip':
      reading.problems.push({
        code: 13246,
        message: 'Sip cannot be dialled: this simulator has no SIP',
        isError: true
      })
      return undefined
    case 'Queue':
    case 'Sim':
    case 'Application':
    case 'WhatsApp':
      reading.problems.push({
        code: 13215,
        message: `${element.name} is a noun of Dial that this simulator does not have`,
        isError: true
      })
      return undefined
    default:
      warn(reading, 13215, `${element.name} cannot be within a Dial`)
      return undefined
  }
}

function numberNamed(to: string): Callee {
  return {
    noun: 'Number',
    to,
    url: null,
    method: 'POST',
    sendDigits: '',
    statusCallback: null,
    statusCallbackMethod: 'POST',
    statusCallbackEvents: ['completed'],
    detection: null,
    parameters: []
  }
}

function readNumber(reading: Reading, element: Element): Callee {
  expectAttributes(reading, element, 'sendDigits', 'byoc', ...calleeAttributes, ...amdAttributes)
  const given = element.attributes['sendDigits'] ?? ''
  const areDigits = /^[0-9A-Da-d#*wW]*$/.test(given)
  if (!areDigits) warn(reading, 13222, `sendDigits of Number are keys, got "${cut(given)}"`)
  return {
    ...numberNamed(element.text.trim()),
    ...readCalleeCallbacks(reading, element, 13221),
    sendDigits: areDigits ? given : '',
    detection: readDetection(reading, element)
  }
}

/** The identity as text, or as an element of its own beside parameters. */
function readClient(reading: Reading, element: Element): Callee {
  expectAttributes(reading, element, 'clientNotificationUrl', ...calleeAttributes)
  const identity = element.children.find(({ name }) => name === 'Identity')
  const name = (identity ?? element).text.trim()
  if (name === '' || name.length > longestIdentity) {
    warn(reading, 13223, `a Client has an identity of at most ${longestIdentity} characters`)
  }
  return {
    ...numberNamed(`client:${name}`),
    ...readCalleeCallbacks(reading, element, 13221),
    noun: 'Client',
    parameters: element.children
      .filter(child => child.name === 'Parameter')
      .map(({ attributes }) => [attributes['name'] ?? '', attributes['value'] ?? ''])
  }
}

const longestIdentity = 256

const progress = ['initiated', 'ringing', 'answered', 'completed'] as const

function readCalleeCallbacks(reading: Reading, element: Element, code: number) {
  const words = wordsOf(element, 'statusCallbackEvent')
  const wrong = words.find(word => !progress.some(event => event === word))
  if (wrong !== undefined) {
    warn(reading, 21626, `statusCallbackEvent is ${progress.join(', ')}, got "${cut(wrong)}"`)
  }
  const events: CallProgressEvent[] = progress.filter(event => words.includes(event))
  return {
    url: urlOf(element, 'url'),
    method: methodOf(reading, element, code),
    statusCallback: urlOf(element, 'statusCallback'),
    statusCallbackMethod: methodOf(reading, element, code, 'statusCallbackMethod'),
    statusCallbackEvents: events.length > 0 ? events : ['completed' as const]
  }
}

/** Of a Number the finding is told apart from the call, which goes on meanwhile. */
function readDetection(reading: Reading, element: Element): MachineDetection | null {
  const mode = choiceOf(reading, element, 'machineDetection', {
    among: ['Enable', 'DetectMessageEnd', 'none'],
    usual: 'none',
    code: 21234
  })
  if (mode === 'none') return null
  const amount = (name: string, usual: number, least: number, most: number) =>
    numberOf(reading, element, name, { usual, least, most, code: 21263 })
  return {
    mode,
    timeoutMs: amount('machineDetectionTimeout', 30, 3, 60) * 1000,
    speechMs: amount('machineDetectionSpeechThreshold', 2400, 1000, 6000),
    speechEndMs: amount('machineDetectionSpeechEndThreshold', 1200, 500, 5000),
    silenceMs: amount('machineDetectionSilenceTimeout', 5000, 2000, 10_000),
    isAsync: true,
    statusCallback: urlOf(element, 'amdStatusCallback'),
    statusCallbackMethod: methodOf(reading, element, 21263, 'amdStatusCallbackMethod')
  }
}

const calleeAttributes = [
  'url',
  'method',
  'statusCallback',
  'statusCallbackEvent',
  'statusCallbackMethod'
]

const amdAttributes = [
  'machineDetection',
  'machineDetectionTimeout',
  'machineDetectionSpeechThreshold',
  'machineDetectionSpeechEndThreshold',
  'machineDetectionSilenceTimeout',
  'amdStatusCallback',
  'amdStatusCallbackMethod'
]

const dialAttributes = [
  'action',
  'method',
  'timeout',
  'timeLimit',
  'callerId',
  'hangupOnStar',
  'answerOnBridge',
  'record',
  'trim',
  'recordingStatusCallback',
  'recordingStatusCallbackMethod',
  'recordingStatusCallbackEvent',
  'recordingTrack',
  'recordingConfigurationId',
  'sequential',
  // They change what is heard while it rings, or how a phone shows the call.
  'ringTone',
  'callReason',
  'referUrl',
  'referMethod',
  'events',
  'passports'
]
