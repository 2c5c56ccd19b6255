import { setTimeout as sleep } from 'node:timers/promises'

import { startLoad } from './http-load.ts'
import { connections, type MeasuredRequest, type Rate } from './measure.ts'
import type { TargetProcess } from './target-process.ts'

export interface Sustained {
  target: TargetProcess
  request: MeasuredRequest
  /** How long the load lasts before anything is counted: until what one request leads to goes on all the time. */
  leadInSeconds: number
  /** Who takes the callbacks, and how many of them belong to each request. */
  callbacks?: { receiver: TargetProcess; each: number }
  /** Until what the load left to do is done. */
  settle?: () => Promise<void>
}

interface Sample {
  at: number
  answered: number
  callbacks: number
  cpuMs: number
  rssBytes: number
}

/**
 * What is kept up in a steady state: requests answered in a second of constant load. Where they lead to
 * callbacks, a request counts when all of its callbacks were answered too, so that what is merely put off is
 * not counted: the lower of both rates, in the same window.
 */
export async function measureSustained(of: Sustained, seconds: number): Promise<Rate> {
  const { target, request, callbacks } = of
  const load = startLoad(target.url, request, connections)
  const sample = async (): Promise<Sample> => ({
    callbacks: Number((await callbacks?.receiver.ask('received')) ?? 0),
    answered: load.answered(),
    at: performance.now(),
    ...(await target.usage())
  })
  await sleep(of.leadInSeconds * 1_000)
  load.takeLatenciesMs()
  const before = await sample()
  await sleep(seconds * 1_000)
  const after = await sample()
  const latenciesMs = load.takeLatenciesMs().toSorted((a, b) => a - b)
  await load.stop()
  await of.settle?.()
  const answered = after.answered - before.answered
  const called = (after.callbacks - before.callbacks) / (callbacks?.each ?? 1)
  const count = callbacks === undefined ? answered : Math.min(answered, called)
  return {
    perSecond: count / ((after.at - before.at) / 1_000),
    perCpuSecond: count / ((after.cpuMs - before.cpuMs) / 1_000),
    p99Ms: latenciesMs[Math.floor(latenciesMs.length * 0.99)] ?? Number.NaN,
    rssMb: after.rssBytes / 1_048_576
  }
}
