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
 * not counted: the lower of both rates, in the same window. The CPU is that of everything the load led to, from
 * its first request until the last callback was answered.
 */
export async function measureSustained(of: Sustained, seconds: number): Promise<Rate> {
  const { target, request, callbacks } = of
  let answeredSoFar = (): number => 0
  const sample = async (): Promise<Sample> => ({
    callbacks: Number((await callbacks?.receiver.ask('received')) ?? 0),
    answered: answeredSoFar(),
    at: performance.now(),
    ...(await target.usage())
  })
  const first = await sample()
  const load = startLoad(target.url, request, connections)
  answeredSoFar = load.answered
  await sleep(of.leadInSeconds * 1_000)
  load.takeLatenciesMs()
  const before = await sample()
  await sleep(seconds * 1_000)
  const after = await sample()
  const latenciesMs = load.takeLatenciesMs().toSorted((a, b) => a - b)
  await load.stop()
  await of.settle?.()
  await untilCalled(of, first.callbacks + load.answered() * (callbacks?.each ?? 0))
  const last = await sample()
  const answered = after.answered - before.answered
  const called = (after.callbacks - before.callbacks) / (callbacks?.each ?? 1)
  const count = callbacks === undefined ? answered : Math.min(answered, called)
  return {
    perSecond: count / ((after.at - before.at) / 1_000),
    perCpuSecond: last.answered / ((last.cpuMs - first.cpuMs) / 1_000),
    p99Ms: latenciesMs[Math.floor(latenciesMs.length * 0.99)] ?? Number.NaN,
    rssMb: after.rssBytes / 1_048_576
  }
}

/**
 * How fast so many requests in a row are answered, whatever they lead to: that goes on meanwhile and
 * afterwards, is waited for to the last callback, and its CPU is counted.
 */
export async function measureBurst(of: Sustained, count: number): Promise<Rate> {
  const { target, request, callbacks } = of
  const calledBefore = Number((await callbacks?.receiver.ask('received')) ?? 0)
  const before = await target.usage()
  const beganAt = performance.now()
  const load = startLoad(target.url, request, connections, count)
  await load.ended
  const seconds = (performance.now() - beganAt) / 1_000
  const latenciesMs = load.takeLatenciesMs().toSorted((a, b) => a - b)
  await of.settle?.()
  await untilCalled(of, calledBefore + count * (callbacks?.each ?? 0))
  const after = await target.usage()
  return {
    perSecond: count / seconds,
    perCpuSecond: count / ((after.cpuMs - before.cpuMs) / 1_000),
    p99Ms: latenciesMs[Math.floor(latenciesMs.length * 0.99)] ?? Number.NaN,
    rssMb: after.rssBytes / 1_048_576
  }
}

async function untilCalled({ callbacks }: Sustained, count: number): Promise<void> {
  if (callbacks === undefined) return
  const deadline = performance.now() + 120_000
  while (Number(await callbacks.receiver.ask('received')) < count) {
    if (performance.now() > deadline) throw new Error('callbacks are missing')
    await sleep(20)
  }
}
