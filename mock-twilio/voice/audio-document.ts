import { readResponse, type TwimlElement } from '../carrier/twiml.ts'
import type { AudioVerb } from './conference-record.ts'

/*
 * What is played to those who wait, to those on hold and as an announcement: a document of Say, Play, Pause and
 * Redirect, or a recording, or plain text.
 * https://www.twilio.com/docs/voice/twiml/conference#attributes-waitUrl, https://www.twilio.com/docs/api/errors/13238
 */

export interface AudioProblem {
  code: 12100 | 12200 | 12300 | 13238 | 13520
  message: string
}

export interface AudioDocument {
  verbs: AudioVerb[]
  problems: AudioProblem[]
}

/** A loop of 0 goes on until somebody ends it, and at most so often. */
export const mostLoops = 1000

export function readAudioDocument(
  contentType: string,
  body: string,
  url: string
): AudioDocument | AudioProblem {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type.startsWith('audio/')) {
    return { verbs: [{ verb: 'Play', url, loop: 0 }], problems: [] }
  }
  if (body.trim() === '') return { verbs: [], problems: [] }
  if (type === 'text/plain') {
    return { verbs: [{ verb: 'Say', text: body.trim(), loop: 1 }], problems: [] }
  }
  if (type !== 'text/xml' && type !== 'application/xml' && type !== 'text/html') {
    const message = `an answer is text/xml, text/plain or audio, got "${contentType}"`
    return { code: 12300, message }
  }
  const root = readResponse(body)
  if ('code' in root) return root
  const problems: AudioProblem[] = []
  const verbs = root.children.flatMap(element => verbOf(element, problems) ?? [])
  return { verbs, problems }
}

const forbidden = new Set(['Dial', 'Gather', 'Hangup', 'Record', 'Reject', 'Enqueue', 'Leave'])

function verbOf(
  { name, attributes, text, fullText }: TwimlElement,
  problems: AudioProblem[]
): AudioVerb | undefined {
  const loop = loopIn(attributes)
  if (name === 'Say') {
    const words = fullText.replace(/\s+/g, ' ').trim()
    if (words !== '') return { verb: 'Say', text: words, loop }
    problems.push({ code: 13520, message: 'a Say has no text' })
    return undefined
  }
  if (name === 'Play') return { verb: 'Play', url: text.trim(), loop }
  if (name === 'Pause') {
    const { length = '1' } = attributes
    return { verb: 'Pause', ms: /^[1-9]\d{0,5}$/.test(length) ? Number(length) * 1000 : 1000 }
  }
  if (name === 'Redirect') {
    const method = attributes['method']?.toUpperCase() === 'GET' ? 'GET' : 'POST'
    return { verb: 'Redirect', url: text.trim(), method }
  }
  if (forbidden.has(name)) {
    problems.push({ code: 13238, message: `${name} is not played to a conference` })
  } else problems.push({ code: 12200, message: `${name} is no verb that is known here` })
  return undefined
}

function loopIn({ loop = '1' }: Record<string, string>): number {
  const times = /^\d{1,6}$/.test(loop) ? Number(loop) : 1
  return times === 0 ? mostLoops : Math.min(times, mostLoops)
}
