import type { GatherVerb, PromptVerb, VoiceVerb } from './voice-verbs.ts'
import { readResponse, type TwimlElement } from '../carrier/twiml.ts'

/*
 * What an application wants to happen in a call: a Response of Say, Play, Pause, Gather, Redirect, Hangup and
 * Reject. Other verbs of Twilio's are not done here: they are warned of and skipped.
 * https://www.twilio.com/docs/voice/twiml
 */

export interface VoiceTwimlProblem {
  code: 12100 | 12200 | 13520 | 13910
  message: string
}

export interface VoiceTwiml {
  verbs: VoiceVerb[]
  /** What the debugger would warn of; verbs that are not understood are left out. */
  warnings: VoiceTwimlProblem[]
}

/** A loop of 0 goes on until somebody hangs up, and at most so often. */
const mostLoops = 1000

export function parseVoiceTwiml(xml: string): VoiceTwiml | VoiceTwimlProblem {
  const root = readResponse(xml)
  if ('code' in root) return root
  const warnings: VoiceTwimlProblem[] = []
  const verbs = root.children.flatMap(element => verbOf(element, warnings) ?? [])
  return { verbs, warnings }
}

function verbOf(element: TwimlElement, warnings: VoiceTwimlProblem[]): VoiceVerb | undefined {
  const { name, attributes, text } = element
  switch (name) {
    case 'Gather':
      return gatherOf(element, warnings)
    case 'Redirect':
      return { verb: 'Redirect', url: text.trim(), method: methodIn(attributes) }
    case 'Hangup':
      return { verb: 'Hangup' }
    case 'Reject':
      return { verb: 'Reject', reason: attributes['reason'] === 'busy' ? 'busy' : 'rejected' }
    default:
      return promptOf(element, warnings)
  }
}

function promptOf(element: TwimlElement, warnings: VoiceTwimlProblem[]): PromptVerb | undefined {
  const { name, attributes } = element
  if (name === 'Say') {
    const text = element.fullText.replace(/\s+/g, ' ').trim()
    if (text !== '') return { verb: 'Say', text, loop: loopIn(attributes) }
    warnings.push({ code: 13520, message: 'a Say has no text' })
    return undefined
  }
  if (name === 'Play') {
    const url = element.text.trim()
    const digits = /^[0-9A-D#*wW]+$/.test(attributes['digits'] ?? '') ? attributes['digits'] : ''
    return { verb: 'Play', url, digits: digits ?? '', loop: loopIn(attributes) }
  }
  if (name === 'Pause') {
    const { length = '1' } = attributes
    if (/^[1-9]\d{0,5}$/.test(length)) return { verb: 'Pause', ms: Number(length) * 1000 }
    warnings.push({ code: 13910, message: `the length of a Pause is 1 or more, got ${length}` })
    return { verb: 'Pause', ms: 1000 }
  }
  warnings.push({ code: 12200, message: `${name} is no verb that is known here` })
  return undefined
}

function gatherOf(element: TwimlElement, warnings: VoiceTwimlProblem[]): GatherVerb {
  const { attributes, children } = element
  const { action, timeout = '5', numDigits = '0', finishOnKey = '#' } = attributes
  return {
    verb: 'Gather',
    action: action === undefined || action === '' ? null : action,
    method: methodIn(attributes),
    timeoutMs: /^\d{1,4}$/.test(timeout) ? Number(timeout) * 1000 : 5000,
    numDigits: /^\d{1,4}$/.test(numDigits) ? Number(numDigits) : 0,
    finishOnKey,
    actionOnEmptyResult: attributes['actionOnEmptyResult'] === 'true',
    prompts: children.flatMap(child => promptOf(child, warnings) ?? [])
  }
}

function loopIn({ loop = '1' }: Record<string, string>): number {
  const times = /^\d{1,6}$/.test(loop) ? Number(loop) : 1
  return times === 0 ? mostLoops : Math.min(times, mostLoops)
}

function methodIn({ method }: Record<string, string>): 'GET' | 'POST' {
  return method?.toUpperCase() === 'GET' ? 'GET' : 'POST'
}
