import { isWebUrl } from '../forms.ts'
import { isParticipantLabel, mostNameCharacters, mostParticipants } from './conference-capacity.ts'
import { conferenceTopics, type ConferenceTopic } from './conference-record.ts'
import type { Entrance } from './conferences.ts'
import { recordingEvents, type RecordingCallback } from './recording-record.ts'

/*
 * The Conference within a Dial. What is wrong with an attribute is told to the debugger, and its default counts;
 * only a name, a label or somebody to coach that is none keeps the call out.
 * https://www.twilio.com/docs/voice/twiml/conference#attributes
 */

export interface NounProblem {
  code: number
  message: string
  isError?: true
}

export interface RoomWish {
  entrance: Entrance
  mostParticipants: number
}

type Attributes = Readonly<Record<string, string>>

/** Reads attributes and keeps what is wrong with them. */
interface NounReading {
  attributes: Attributes
  documentUrl: string
  problems: NounProblem[]
}

/** What the noun asks for, or undefined for what cannot be entered. */
export function readConferenceNoun(
  name: string,
  attributes: Attributes,
  documentUrl: string
): { wish: RoomWish | undefined; problems: NounProblem[] } {
  const reading: NounReading = { attributes, documentUrl, problems: [] }
  for (const unknown of Object.keys(attributes).filter(attribute => !known.has(attribute))) {
    warn(reading, 12200, `${unknown.slice(0, 100)} is no attribute of Conference`)
  }
  const wish = readWish(reading, name)
  return { wish, problems: reading.problems }
}

const known = new Set([
  'muted',
  'beep',
  'startConferenceOnEnter',
  'endConferenceOnExit',
  'participantLabel',
  'waitUrl',
  'waitMethod',
  'maxParticipants',
  'record',
  'trim',
  'region',
  'coach',
  'jitterBufferSize',
  'statusCallback',
  'statusCallbackEvent',
  'statusCallbackMethod',
  'recordingStatusCallback',
  'recordingStatusCallbackMethod',
  'recordingStatusCallbackEvent',
  'eventCallbackUrl'
])

function readWish(reading: NounReading, friendlyName: string): RoomWish | undefined {
  const { attributes } = reading
  if (friendlyName === '' || friendlyName.length > mostNameCharacters) {
    const message = `the name of a conference has 1 to ${mostNameCharacters} characters`
    reading.problems.push({ code: 13237, message, isError: true })
    return undefined
  }
  const { participantLabel: label, coach } = attributes
  if (label !== undefined && !isParticipantLabel(label)) {
    const message = 'a participant label has at most 128 characters, is no call sid and has no "/"'
    reading.problems.push({ code: 16023, message, isError: true })
    return undefined
  }
  choice(reading, 'jitterBufferSize', ['large', 'off', 'small', 'medium'], 16002)
  const beep = choice(reading, 'beep', ['true', 'false', 'onEnter', 'onExit'], 13235)
  const record = choice(
    reading,
    'record',
    ['do-not-record', 'record-from-start', 'true', 'false'],
    13217
  )
  const recordingCallback = readRecordingCallback(reading)
  const eventUrl = readUrl(reading, 'eventCallbackUrl', 16002) ?? null
  const statusUrl = readUrl(reading, 'statusCallback', 16002)
  return {
    mostParticipants: readMost(reading),
    entrance: {
      friendlyName,
      participant: {
        label: label === undefined || label === '' ? null : label,
        muted: truth(reading, 'muted', false, 13230),
        hold: false,
        callSidToCoach: coach === undefined || coach === '' ? null : coach,
        startConferenceOnEnter: truth(reading, 'startConferenceOnEnter', true, 13232),
        endConferenceOnExit: truth(reading, 'endConferenceOnExit', false, 13231),
        beepsOnEnter: beep === 'true' || beep === 'onEnter',
        beepsOnExit: beep === 'true' || beep === 'onExit',
        waitUrl: readUrl(reading, 'waitUrl', 13233) ?? (attributes['waitUrl'] === '' ? '' : null),
        waitMethod: readMethod(reading, 'waitMethod', 13234)
      },
      conference: {
        callback:
          statusUrl === undefined
            ? null
            : {
                url: statusUrl,
                method: readMethod(reading, 'statusCallbackMethod', 16002),
                topics: readTopics(reading)
              },
        region: attributes['region'] || 'us1',
        records: record === 'record-from-start' || record === 'true',
        trims: choice(reading, 'trim', ['trim-silence', 'do-not-trim'], 13239) === 'trim-silence',
        recordingCallback,
        eventUrl: recordingCallback === null ? (eventUrl ?? statusUrl ?? null) : null
      }
    }
  }
}

function warn({ problems }: NounReading, code: number, message: string): void {
  problems.push({ code, message })
}

function choice<T extends string>(
  reading: NounReading,
  name: string,
  among: readonly [T, ...T[]],
  code: number
): T {
  const { [name]: given } = reading.attributes
  const [usual] = among
  if (given === undefined || given === '') return usual
  const found = among.find(value => value === given)
  if (found !== undefined) return found
  warn(reading, code, `${name} is ${among.join(', ')}, got "${given.slice(0, 100)}"`)
  return usual
}

function truth(reading: NounReading, name: string, usual: boolean, code: number): boolean {
  const [first, other] = usual ? (['true', 'false'] as const) : (['false', 'true'] as const)
  return choice(reading, name, [first, other], code) === 'true'
}

function readMethod(reading: NounReading, name: string, code: number): 'GET' | 'POST' {
  return choice(reading, name, ['POST', 'GET'], code)
}

/** Relative to the document. undefined: none was given, or none that is one. */
function readUrl(reading: NounReading, name: string, code: number): string | undefined {
  const given = reading.attributes[name]?.trim()
  if (given === undefined || given === '') return undefined
  const url = URL.parse(given, reading.documentUrl)?.href ?? given
  if (isWebUrl(url)) return url
  warn(reading, code, `${name} is a URL, got "${given.slice(0, 100)}"`)
  return undefined
}

function readMost(reading: NounReading): number {
  const { maxParticipants: given } = reading.attributes
  if (given === undefined || given === '') return mostParticipants
  const most = /^\d{1,6}$/.test(given) ? Number(given) : 0
  if (most >= 1 && most <= mostParticipants) return most
  const message = `maxParticipants is from 1 to ${mostParticipants}, got "${given.slice(0, 100)}"`
  warn(reading, 16002, message)
  return mostParticipants
}

/** Without words nothing is told. */
function readTopics(reading: NounReading): ConferenceTopic[] {
  return words(reading, 'statusCallbackEvent').flatMap(word => {
    const topic = conferenceTopics.find(other => other === word)
    if (topic !== undefined) return [topic]
    const message = `statusCallbackEvent is ${conferenceTopics.join(', ')}, got "${word.slice(0, 100)}"`
    warn(reading, 16002, message)
    return []
  })
}

function readRecordingCallback(reading: NounReading): RecordingCallback | null {
  const url = readUrl(reading, 'recordingStatusCallback', 13256)
  const method = readMethod(reading, 'recordingStatusCallbackMethod', 16002)
  const given = words(reading, 'recordingStatusCallbackEvent')
  const events = recordingEvents.filter(event => given.includes(event))
  const wrong = given.find(word => !recordingEvents.some(event => event === word))
  if (wrong !== undefined) {
    const message = `recordingStatusCallbackEvent is ${recordingEvents.join(', ')}, got "${wrong.slice(0, 100)}"`
    warn(reading, 13621, message)
  }
  if (url === undefined) return null
  return { url, method, events: events.length === 0 ? ['completed'] : events }
}

function words({ attributes }: NounReading, name: string): string[] {
  return (attributes[name] ?? '').split(/[\s,]+/).filter(word => word !== '')
}
