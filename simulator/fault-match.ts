import type { FaultEffect, FaultMatch } from './fault-schema.ts'

/** What a rule is held against. */
export interface FaultSubject {
  operation?: string | undefined
  method?: string | undefined
  /** As the provider's own host sees it, without the query. */
  path?: string | undefined
  to?: string | undefined
  from?: string | undefined
  service?: string | undefined
  body?: string | undefined
  status?: string | undefined
  /** For faults of the connection: which of them could happen now. */
  phase?: 'reset' | 'answer_lost'
  /** For faults of the answer: whether the request has been carried out. */
  processed?: boolean
  /** For the limit on concurrency: how many requests there are now, this one counted. */
  inFlight?: number
}

export interface SaidMatch {
  readonly match?: FaultMatch
  readonly effect: FaultEffect
}

/** Whether this is the moment for the effect at all: if not, there is nothing to explain. */
export function isItsTurn(effect: FaultEffect, subject: FaultSubject): boolean {
  if (effect.type === 'connection') return effect.fault === subject.phase
  if (effect.type !== 'response') return true
  return (effect.processed ?? effect.fault !== 'html') === subject.processed
}

export function applies({ match, effect }: SaidMatch, subject: FaultSubject): boolean {
  if (match !== undefined) {
    if (match.operation !== undefined && match.operation !== subject.operation) return false
    if (match.method !== undefined && match.method.toUpperCase() !== subject.method) return false
    if (match.path !== undefined && !isPath(match.path, subject.path)) return false
    if (match.to !== undefined && match.to !== subject.to) return false
    if (match.from !== undefined && match.from !== subject.from) return false
    if (match.to_prefix !== undefined && !subject.to?.startsWith(match.to_prefix)) return false
    if (match.to_suffix !== undefined && !subject.to?.endsWith(match.to_suffix)) return false
    if (match.service_sid !== undefined && match.service_sid !== subject.service) return false
    if (match.status !== undefined && match.status !== subject.status) return false
    if (match.body_contains !== undefined && !subject.body?.includes(match.body_contains))
      return false
  }
  if (effect.type === 'concurrency') return (subject.inFlight ?? 0) > effect.limit
  if (effect.type !== 'callback' || effect.status === undefined) return true
  return effect.status === subject.status
}

/** In words, every point in which the rule is about something else. */
export function differences({ match = {}, effect }: SaidMatch, subject: FaultSubject): string[] {
  const told: string[] = []
  const expect = (
    field: string,
    wanted: string | undefined,
    found: string | undefined,
    is: boolean
  ) => {
    if (wanted === undefined || wanted === '' || is) return
    told.push(
      `${field} is ${found === undefined ? 'not known here' : quoted(found)}, not ${wanted}`
    )
  }
  const { to, path, body } = subject
  const begins = match.to_prefix ?? ''
  const ends = match.to_suffix ?? ''
  const contained = match.body_contains ?? ''
  const method = match.method?.toUpperCase()
  expect('operation', match.operation, subject.operation, match.operation === subject.operation)
  expect('method', method, subject.method, method === subject.method)
  expect('path', match.path, path, isPath(match.path ?? '', path))
  expect('to', match.to, to, match.to === to)
  expect('from', match.from, subject.from, match.from === subject.from)
  expect('to', begins && `one that begins with ${begins}`, to, to?.startsWith(begins) ?? false)
  expect('to', ends && `one that ends in ${ends}`, to, to?.endsWith(ends) ?? false)
  expect('service', match.service_sid, subject.service, match.service_sid === subject.service)
  expect('status', match.status, subject.status, match.status === subject.status)
  expect(
    'body',
    contained && `one with ${quoted(contained)}`,
    body,
    body?.includes(contained) ?? false
  )
  if (effect.type === 'callback') {
    expect('status', effect.status, subject.status, effect.status === subject.status)
  }
  if (effect.type === 'concurrency' && (subject.inFlight ?? 0) <= effect.limit) {
    told.push(`${subject.inFlight ?? 0} requests are in flight, not more than ${effect.limit}`)
  }
  return told
}

function isPath(wanted: string, found: string | undefined): boolean {
  if (!wanted.endsWith('*')) return wanted === found
  return found?.startsWith(wanted.slice(0, -1)) ?? false
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
