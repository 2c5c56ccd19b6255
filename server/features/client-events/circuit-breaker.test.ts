import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../../simulator/clock.ts'
import { CircuitBreaker } from './circuit-breaker.ts'

const endpoint = 'https://client.example/events'
const start = 1_000_000

function aCircuit({ failures = 0 } = {}) {
  const clock = new VirtualClock({ mode: 'frozen', start })
  const circuits = new CircuitBreaker(clock)
  for (let failure = 0; failure < failures; failure++) circuits.failed(endpoint)
  return { circuits, clock }
}

test('a few failures do not open a circuit', () => {
  const { circuits } = aCircuit({ failures: CircuitBreaker.threshold - 1 })

  assert.equal(circuits.blockedUntil(endpoint), undefined)
})

test('failures in a row open it, for this endpoint alone', () => {
  const { circuits } = aCircuit({ failures: CircuitBreaker.threshold })

  assert.equal(circuits.blockedUntil(endpoint), start + CircuitBreaker.coolDownMs)
  assert.equal(circuits.blockedUntil('https://client.example/other'), undefined)
})

test('a success in between starts the count again', () => {
  const { circuits } = aCircuit({ failures: CircuitBreaker.threshold - 1 })

  circuits.succeeded(endpoint)
  circuits.failed(endpoint)

  assert.equal(circuits.blockedUntil(endpoint), undefined)
})

test('after the cool-down one attempt is let through, and only one', async () => {
  const { circuits, clock } = aCircuit({ failures: CircuitBreaker.threshold })

  await clock.advance(CircuitBreaker.coolDownMs)

  assert.equal(circuits.blockedUntil(endpoint), undefined)
  assert.equal(circuits.blockedUntil(endpoint), clock.now() + CircuitBreaker.coolDownMs)
})

test('its success closes the circuit', async () => {
  const { circuits, clock } = aCircuit({ failures: CircuitBreaker.threshold })
  await clock.advance(CircuitBreaker.coolDownMs)
  circuits.blockedUntil(endpoint)

  circuits.succeeded(endpoint)

  assert.equal(circuits.blockedUntil(endpoint), undefined)
  assert.equal(circuits.blockedUntil(endpoint), undefined)
})

test('its failure opens the circuit again, twice as long each time, up to a limit', async () => {
  const { circuits, clock } = aCircuit({ failures: CircuitBreaker.threshold })
  const waits: number[] = []

  for (let probe = 0; probe < 8; probe++) {
    const until = circuits.blockedUntil(endpoint) ?? clock.now()
    waits.push(until - clock.now())
    await clock.advance(until - clock.now())
    circuits.blockedUntil(endpoint)
    circuits.failed(endpoint)
  }

  assert.deepEqual(
    waits.map(wait => wait / 1_000),
    [5, 5, 10, 20, 40, 80, 160, 300]
  )
})

test('endpoints that failed long ago are forgotten when there are too many', () => {
  const { circuits } = aCircuit({ failures: CircuitBreaker.threshold })

  for (let other = 0; other < CircuitBreaker.mostEndpoints; other++)
    circuits.failed(`https://client.example/${other}`)

  assert.equal(circuits.blockedUntil(endpoint), undefined)
})
