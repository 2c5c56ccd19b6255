import type { FastifyInstance, FastifyReply } from 'fastify'

import { afterRealTime, type Clock, type Timer } from './clock.ts'
import type { EffectOf } from './fault-schema.ts'

/*
 * Answers that come late, damaged or not at all. A damaged answer goes past Fastify's hooks and serialisers,
 * as it is not what the mock would say. What is held back here belongs to an open connection: it cannot
 * outlive the process, and so it is no plan.
 */

export interface WholeAnswer {
  status: number
  /** JSON, or nothing. */
  payload: string
}

type ResponseFault = EffectOf<'response'>

const mostRealMs = 60_000
const chunks = 10

/** The client sees its connection end without an answer. */
export function cut(reply: FastifyReply): FastifyReply {
  reply.hijack()
  reply.raw.destroy()
  return reply
}

export class FaultResponses {
  readonly #clock: Clock
  readonly #held = new Set<() => void>()

  constructor(app: FastifyInstance, clock: Clock) {
    this.#clock = clock
    // Nobody could wait for them: time stands still when the mock is closed.
    app.addHook('preClose', done => {
      for (const giveUp of this.#held) giveUp()
      done()
    })
  }

  /** Waits before the answer; false when there is nobody left to answer. */
  wait(reply: FastifyReply, ms: number, isReal = false): Promise<boolean> {
    return new Promise(resolve => {
      const finish = (goesOn: boolean) => {
        timer.cancel()
        this.#held.delete(giveUp)
        reply.raw.off('close', giveUp)
        resolve(goesOn)
      }
      const giveUp = () => finish(false)
      const timer = this.#after(ms, isReal, () => finish(true))
      this.#held.add(giveUp)
      reply.raw.once('close', giveUp)
    })
  }

  /** `ms` is how long a slow body takes in all. */
  damage(reply: FastifyReply, effect: ResponseFault, whole: WholeAnswer, ms: number): FastifyReply {
    const { status, contentType, body } = damaged(effect, whole)
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value)
    }
    reply.hijack()
    const length = Buffer.byteLength(body)
    reply.raw.writeHead(status, { 'content-type': contentType, 'content-length': length })
    if (effect.fault === 'slow_body') void this.#dribble(reply, Buffer.from(body), ms, effect.real)
    else reply.raw.end(body)
    return reply
  }

  async #dribble(reply: FastifyReply, body: Buffer, ms: number, isReal = false): Promise<void> {
    const size = Math.max(1, Math.ceil(body.length / chunks))
    for (let start = 0; start < body.length; start += size) {
      const goesOn = await this.wait(reply, ms / chunks, isReal)
      if (!goesOn) {
        reply.raw.destroy()
        return
      }
      reply.raw.write(body.subarray(start, start + size))
    }
    reply.raw.end()
  }

  #after(ms: number, isReal: boolean, action: () => void): Timer {
    return isReal
      ? afterRealTime(Math.min(ms, mostRealMs), action)
      : this.#clock.setTimer(ms, action)
  }
}

function damaged(
  { fault, status: wanted }: ResponseFault,
  { status, payload }: WholeAnswer
): { status: number; contentType: string; body: string } {
  const json = 'application/json; charset=utf-8'
  const told = wanted ?? status
  switch (fault) {
    case 'truncated_json':
      return { status: told, contentType: json, body: cutShort(payload || '{}') }
    case 'invalid_json':
      return { status: told, contentType: json, body: `${(payload || '{}').slice(0, -1)},}` }
    case 'empty_body':
      return { status: told, contentType: json, body: '' }
    case 'wrong_content_type':
      return { status: told, contentType: 'text/plain; charset=utf-8', body: payload }
    case 'html':
      return { status: wanted ?? 502, contentType: 'text/html', body: gatewayPage(wanted ?? 502) }
    case 'slow_body':
      break
  }
  return { status: told, contentType: json, body: payload }
}

/** In the middle of a character it would be another fault. */
function cutShort(payload: string): string {
  const characters = Array.from(payload)
  return characters.slice(0, Math.ceil(characters.length / 2)).join('')
}

/** What stands before the provider answers, when the provider does not. */
function gatewayPage(status: number): string {
  const title = status === 502 ? '502 Bad Gateway' : `${status} Error`
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`
}
