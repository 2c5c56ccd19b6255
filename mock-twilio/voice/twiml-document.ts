import { readResponse } from '../carrier/twiml.ts'
import type { Element, Reading, TwimlProblem } from './reading.ts'
import { warn } from './reading.ts'
import { readGather } from './verbs/gather.ts'
import { readHangup } from './verbs/hangup.ts'
import { isPrompt, readPrompt } from './verbs/prompts.ts'
import { readDial } from './verbs/read-dial.ts'
import { readRecord } from './verbs/record.ts'
import { readRedirect } from './verbs/redirect.ts'
import { readReject } from './verbs/reject.ts'
import type { VoiceVerb } from './voice-verbs.ts'

/*
 * From what an application answers to verbs. Anybody can send anything: what is too large, nested too deep, defines
 * entities or is no XML is refused before it costs anything.
 * https://www.twilio.com/docs/voice/twiml
 */

export interface VoiceDocument {
  verbs: VoiceVerb[]
  /** What Twilio's debugger would show; verbs that are not understood are left out. */
  problems: TwimlProblem[]
}

/** Whose document it is: one for the callee of a Dial may not dial. */
export type Place = 'call' | 'whisper'

/** A recording is played, plain text is read out. */
export function readDocument(
  contentType: string,
  body: string,
  url: string,
  place: Place = 'call'
): VoiceDocument | TwimlProblem {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type.startsWith('audio/')) {
    return readVoiceTwiml(`<Response><Play>${escaped(url)}</Play></Response>`)
  }
  if (body.trim() === '') return { verbs: [], problems: [] }
  if (type === 'text/plain') {
    return readVoiceTwiml(`<Response><Say>${escaped(body)}</Say></Response>`)
  }
  if (type === 'text/xml' || type === 'application/xml' || type === 'text/html') {
    return readVoiceTwiml(body, place)
  }
  const message = `an answer is text/xml, text/plain or audio, got "${contentType}"`
  return { code: 12300, message, isError: true }
}

function escaped(text: string): string {
  // XML has no words for most control characters.
  const plain = Array.from(text, character => (isXmlCharacter(character) ? character : ' ')).join(
    ''
  )
  return plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

const mostBytes = 64 * 1024
const deepest = 50

function readVoiceTwiml(xml: string, place: Place = 'call'): VoiceDocument | TwimlProblem {
  const root = readXml(xml)
  if ('code' in root) return { ...root, isError: true }
  const reading: Reading = { problems: [] }
  const verbs = root.children.flatMap(element => readVerb(reading, element, place) ?? [])
  return { verbs, problems: reading.problems }
}

function readXml(xml: string): Element | TwimlProblem {
  if (Buffer.byteLength(xml) > mostBytes) {
    return { code: 11750, message: `a document has at most ${mostBytes} bytes` }
  }
  const problem = problemOf(xml)
  if (problem !== undefined) return { code: 12100, message: problem }
  const root = readResponse(xml)
  if (!('code' in root) || !root.message.startsWith('the root is')) return root
  // https://www.twilio.com/docs/api/errors/12102
  return { code: 12102, message: root.message }
}

/** What the parser would put up with, or choke on. */
function problemOf(xml: string): string | undefined {
  if (/<!DOCTYPE/i.test(xml)) return 'a document type is not taken'
  const text = xml
    .replace(/<!--[^]*?-->/g, '')
    .replace(/<!\[CDATA\[[^]*?\]\]>/g, '')
    .replace(/<\?[^]*?\?>/g, '')
  const entity = /&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)/.exec(text)
  if (entity !== null) return `a lone & at "${text.slice(entity.index, entity.index + 20)}"`
  for (const character of xml) {
    if (!isXmlCharacter(character)) return 'a character that XML does not have'
  }
  for (const [, decimal, hex] of text.matchAll(/&#(?:(\d+)|x([0-9a-fA-F]+));/g)) {
    const code = decimal === undefined ? Number.parseInt(hex ?? '0', 16) : Number(decimal)
    if (code > 0x10ffff || !isXmlCharacter(String.fromCodePoint(code))) {
      return `a character that XML does not have: ${code}`
    }
  }
  return depthOf(text) > deepest ? `elements more than ${deepest} deep` : undefined
}

/** https://www.w3.org/TR/xml/#charsets */
function isXmlCharacter(character: string): boolean {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd
  return (code < 0xd800 || code > 0xdfff) && code !== 0xfffe && code !== 0xffff
}

function depthOf(text: string): number {
  let depth = 0
  let most = 0
  for (const [tag] of text.matchAll(/<[^<>]*>/g)) {
    if (tag.startsWith('</')) depth--
    else if (!tag.endsWith('/>')) most = Math.max(most, ++depth)
  }
  return most
}

function readVerb(reading: Reading, element: Element, place: Place): VoiceVerb | undefined {
  const { name } = element
  if (isPrompt(name)) return readPrompt(reading, element)
  switch (name) {
    case 'Gather':
      return readGather(reading, element)
    case 'Record':
      return readRecord(reading, element)
    case 'Redirect':
      return readRedirect(reading, element)
    case 'Hangup':
      return readHangup(reading, element)
    case 'Reject':
      return readReject(reading, element)
    case 'Dial':
      if (place === 'call') return readDial(reading, element)
      // https://www.twilio.com/docs/api/errors/13201
      reading.problems.push({
        code: 13201,
        message: 'who is being dialled cannot Dial',
        isError: true
      })
      return undefined
    case 'Leave':
      // https://www.twilio.com/docs/voice/twiml/leave : there is no queue here to leave.
      warn(reading, 12200, 'Leave: this call is in no queue')
      return undefined
    default:
      refuseVerb(reading, name)
      return undefined
  }
}

/** Verbs of Twilio's that are not carried out here: that is said, and the call goes on without them. */
const foreignVerbs = new Set([
  'Enqueue',
  'Connect',
  'Start',
  'Stop',
  'Refer',
  'Pay',
  'Prompt',
  'Sms',
  'Queue',
  'Siprec',
  'Stream',
  'Transcription',
  'Echo'
])

function refuseVerb(reading: Reading, name: string): void {
  if (!foreignVerbs.has(name)) {
    warn(reading, 12200, `${name} is no verb of calls`)
    return
  }
  const message = `${name} is a verb of Twilio's that this simulator does not carry out`
  reading.problems.push({ code: 12200, message, isError: true })
}
