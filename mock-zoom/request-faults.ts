import type { FastifyReply } from 'fastify'

import type { EffectOf } from '../simulator/fault-schema.ts'
import type { FaultSubject } from '../simulator/fault-match.ts'
import { cut, type FaultResponses, type WholeAnswer } from '../simulator/fault-responses.ts'
import { drawMs } from '../simulator/faults.ts'
import { errorBody, refusal, refusalForStatus, ZoomRefusal } from './errors.ts'
import type { World } from './world.ts'

/*
 * A request of a world that has fault rules. In this order: too many at once, refused, cut off, answered by
 * something else than Zoom; then it is carried out; then the answer is lost, late or damaged.
 */

export interface FaultedRequest {
  world: World
  reply: FastifyReply
  requestId: string
  /** The HTTP status of success. */
  status: number
  subject: FaultSubject
  responses: FaultResponses
  /** Carries it out, and writes it into the journal. Throws what is refused. */
  carryOut: () => unknown
  /** Writes a refusal into the journal. */
  noteRefusal: (error: ZoomRefusal) => void
}

/** How it ended, before anything happens to the answer. */
type Outcome =
  | { kind: 'answer'; answer: unknown }
  | { kind: 'refusal'; error: unknown }
  | { kind: 'cut' }
  | { kind: 'damaged'; effect: EffectOf<'response'> }

export async function underFaults(request: FaultedRequest): Promise<unknown> {
  const { world, reply, subject, requestId } = request
  const { faults } = world
  faults.startExplaining()
  const before = beforehand(request)
  const outcome = before ?? carriedOut(request)
  if (outcome.kind === 'cut') return cut(reply)
  const latency = faults.take('latency', subject)
  const damage =
    outcome.kind === 'damaged'
      ? outcome.effect
      : faults.take('response', { ...subject, processed: true })
  if (before === undefined && latency === undefined && damage === undefined) {
    faults.explain(world.journal.lastSeq)
  }
  const random = world.randomFor(requestId)
  if (latency !== undefined) {
    const goesOn = await request.responses.wait(reply, drawMs(latency.ms, random), latency.real)
    if (!goesOn) return cut(reply)
  }
  if (damage === undefined) return answered(request, outcome)
  const whole = wholeAnswer(request, outcome)
  if (whole === undefined) return answered(request, outcome)
  if (outcome.kind !== 'damaged') noteFault(request, damage.fault)
  return request.responses.damage(reply, damage, whole, drawMs(damage.ms ?? 10_000, random))
}

function beforehand(request: FaultedRequest): Outcome | undefined {
  const { world, reply, subject } = request
  const concurrency = world.faults.take('concurrency', {
    ...subject,
    inFlight: world.concurrentRequests
  })
  if (concurrency !== undefined) return refused(request, refusal('concurrent'))
  const http = world.faults.take('http', subject)
  if (http !== undefined) {
    if (http.retry_after !== undefined) reply.header('Retry-After', String(http.retry_after))
    return refused(request, refusalForStatus(http.status, http.code))
  }
  if (world.faults.take('connection', { ...subject, phase: 'reset' }) !== undefined) {
    world.journal.append({
      kind: 'request.reset',
      operation: subject.operation,
      to: subject.to,
      request_id: request.requestId
    })
    return { kind: 'cut' }
  }
  const effect = world.faults.take('response', { ...subject, processed: false })
  if (effect === undefined) return undefined
  noteFault(request, effect.fault)
  return { kind: 'damaged', effect }
}

function carriedOut(request: FaultedRequest): Outcome {
  const { world, subject } = request
  let answer: unknown
  try {
    answer = request.carryOut()
  } catch (error) {
    return { kind: 'refusal', error }
  }
  if (world.faults.take('connection', { ...subject, phase: 'answer_lost' }) === undefined) {
    return { kind: 'answer', answer }
  }
  world.journal.append({
    kind: 'request.answer_lost',
    operation: subject.operation,
    to: subject.to,
    request_id: request.requestId
  })
  return { kind: 'cut' }
}

function refused(request: FaultedRequest, error: ZoomRefusal): Outcome {
  request.noteRefusal(error)
  return { kind: 'refusal', error }
}

function noteFault({ world, subject, requestId }: FaultedRequest, fault: string): void {
  const { operation, to } = subject
  world.journal.append({ kind: 'request.damaged', operation, to, fault, request_id: requestId })
}

function answered({ reply, status }: FaultedRequest, outcome: Outcome): unknown {
  if (outcome.kind === 'refusal') throw outcome.error
  if (outcome.kind !== 'answer') return reply
  reply.code(status)
  return outcome.answer === undefined ? reply.send() : outcome.answer
}

/** What would have been sent; undefined for what went wrong inside the mock. */
function wholeAnswer({ status }: FaultedRequest, outcome: Outcome): WholeAnswer | undefined {
  if (outcome.kind === 'damaged') return { status, payload: '' }
  if (outcome.kind === 'answer') {
    return { status, payload: outcome.answer === undefined ? '' : JSON.stringify(outcome.answer) }
  }
  if (outcome.kind !== 'refusal' || !(outcome.error instanceof ZoomRefusal)) return undefined
  return { status: outcome.error.status, payload: JSON.stringify(errorBody(outcome.error)) }
}
