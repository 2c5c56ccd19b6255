import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Clock } from './clock.ts'
import type { Queue } from './queue.ts'

/** What an operator watches, in Prometheus' text. */
export interface Metrics {
  readonly registry: Registry
  readonly providerCalls: Counter<'operation' | 'outcome'>
  readonly reconciliations: Counter<'result'>
  readonly clientEventAttempts: Counter<'outcome'>
  readonly providerCallbacks: Counter<'kind' | 'outcome'>
  readonly httpRequests: Histogram<'method' | 'route' | 'status'>
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  return {
    registry,
    providerCalls: new Counter({
      name: 'provider_calls_total',
      help: 'Requests to a provider by what came of them.',
      labelNames: ['operation', 'outcome'],
      registers
    }),
    reconciliations: new Counter({
      name: 'provider_reconciliations_total',
      help: 'Messages looked up at the provider after a lost answer.',
      labelNames: ['result'],
      registers
    }),
    clientEventAttempts: new Counter({
      name: 'client_event_attempts_total',
      help: 'Attempts to deliver a client event.',
      labelNames: ['outcome'],
      registers
    }),
    providerCallbacks: new Counter({
      name: 'provider_callbacks_total',
      help: 'Callbacks of providers by what came of them.',
      labelNames: ['kind', 'outcome'],
      registers
    }),
    httpRequests: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time to answer a request.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers
    })
  }
}

/** Depth and age of the lanes, asked of the queue whenever the metrics are read. */
export function watchLanes(metrics: Metrics, queue: Queue, clock: Clock): void {
  const age = new Gauge({
    name: 'lane_oldest_due_seconds',
    help: 'How long the entry that is due longest has waited.',
    labelNames: ['lane'],
    registers: [metrics.registry]
  })
  const depth: Gauge<'lane'> = new Gauge({
    name: 'lane_depth',
    help: 'Entries in a lane, claimed and scheduled ones included.',
    labelNames: ['lane'],
    registers: [metrics.registry],
    async collect() {
      depth.reset()
      age.reset()
      for (const lane of await queue.state()) {
        depth.set({ lane: lane.lane }, lane.depth)
        age.set(
          { lane: lane.lane },
          lane.oldestDueAt === undefined ? 0 : (clock.now() - lane.oldestDueAt) / 1_000
        )
      }
    }
  })
}
