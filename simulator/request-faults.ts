import type { FastifyReply } from 'fastify'

import type { FaultSubject } from './fault-match.ts'
import { cut, type FaultResponses, type WholeAnswer } from './fault-responses.ts'
import type { EffectOf } from './fault-schema.ts'
import { drawMs, type FaultRules } from './faults.ts'
import type { Journal } from './journal.ts'
import type { Random } from './random.ts'

/*
 * A request of a world that has fault rules. In this order: too many at once, refused, cut off, answered by
 * something else than the provider; then it is carried out; then the answer is lost, late or damaged.
 */

/** What of a world is looked at. */
export interface FaultedWorld {
  readonly faults: FaultRules
  readonly journal: Journal
  /** Requests that are being answered, this one among them. */
  readonly concurrentRequests: number
  randomFor(name: string): Random
}

type ProviderRefusal = Error & { readonly status: number }

/** How a provider refuses. */
export interface Refusals<Refusal extends ProviderRefusal> {
  /** More requests at once than the account may have. */
  tooMany: () => Refusal
  /** A status that was asked for, with the provider's code for it unless one is given. */
  ofStatus: (status: number, code?: number) => Refusal
  isRefusal: (error: unknown) => error is Refusal
  bodyOf: (refusal: Refusal) => unknown
}

export interface FaultedRequest<Refusal extends ProviderRefusal> {
  world: FaultedWorld
  refusals: Refusals<Refusal>
  reply: FastifyReply
  requestId: string
  /** The HTTP status of success. */
  status: number
  subject: FaultSubject
  responses: FaultResponses
  /** Carries it out, and writes it into the journal. Throws what is refused. */
  carryOut: () => unknown
  /** Writes a refusal into the journal. */
  noteRefusal: (refusal: Refusal) => void
}

/** How it ended, before anything happens to the answer. */
type Outcome =
  | { kind: 'answer'; answer: unknown }
  | { kind: 'refusal'; error: unknown }
  | { kind: 'cut' }
  | { kind: 'damaged'; effect: EffectOf<'response'> }

export async function underFaults<Refusal extends ProviderRefusal>(
  request: FaultedRequest<Refusal>
): Promise<unknown> {
  const { world, reply, subject, requestId } = request
  const { faults } = world
  faults.startExplaining()
  const before = beforehand(request)
  const outcome = before ?? carriedOut(request)
  if (outcome.kind === 'cut') return cut(reply)
  // An operation that has answered by itself cannot be called back.
  if (outcome.kind === 'answer' && outcome.answer === reply) return reply

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

function beforehand<Refusal extends ProviderRefusal>(
  request: FaultedRequest<Refusal>
): Outcome | undefined {
  const { world, reply, subject } = request
  const concurrency = world.faults.take('concurrency', {
    ...subject,
    inFlight: world.concurrentRequests
  })
  if (concurrency !== undefined) return refused(request, request.refusals.tooMany())
  const http = world.faults.take('http', subject)
  if (http !== undefined) {
    if (http.retry_after !== undefined) reply.header('Retry-After', String(http.retry_after))
    return refused(request, request.refusals.ofStatus(http.status, http.code))
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

function carriedOut<Refusal extends ProviderRefusal>(request: FaultedRequest<Refusal>): Outcome {
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

function refused<Refusal extends ProviderRefusal>(
  request: FaultedRequest<Refusal>,
  refusal: Refusal
): Outcome {
  request.noteRefusal(refusal)
  return { kind: 'refusal', error: refusal }
}

function noteFault<Refusal extends ProviderRefusal>(
  { world, subject, requestId }: FaultedRequest<Refusal>,
  fault: string
): void {
  const { operation, to } = subject
  world.journal.append({ kind: 'request.damaged', operation, to, fault, request_id: requestId })
}

function answered<Refusal extends ProviderRefusal>(
  { reply, status }: FaultedRequest<Refusal>,
  outcome: Outcome
): unknown {
  if (outcome.kind === 'refusal') throw outcome.error
  if (outcome.kind !== 'answer') return reply
  reply.code(status)
  return outcome.answer === undefined ? reply.send() : outcome.answer
}

/** What would have been sent; undefined for what went wrong inside the mock. */
function wholeAnswer<Refusal extends ProviderRefusal>(
  { status, refusals }: FaultedRequest<Refusal>,
  outcome: Outcome
): WholeAnswer | undefined {
  if (outcome.kind === 'damaged') return { status, payload: '' }
  if (outcome.kind === 'answer') {
    return { status, payload: outcome.answer === undefined ? '' : JSON.stringify(outcome.answer) }
  }
  if (outcome.kind !== 'refusal' || !refusals.isRefusal(outcome.error)) return undefined
  return { status: outcome.error.status, payload: JSON.stringify(refusals.bodyOf(outcome.error)) }
}
