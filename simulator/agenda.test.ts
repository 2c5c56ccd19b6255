import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Agenda, PlanHandlers, type Plan } from './agenda.ts'
import { VirtualClock } from './clock.ts'

function anAgenda() {
  const clock = new VirtualClock({ mode: 'frozen', start: 0 })
  const done: Plan[] = []
  return { clock, done, agenda: new Agenda(clock, plan => done.push(plan)) }
}

test('what is planned is carried out when it is due, and not before', async () => {
  const { clock, agenda, done } = anAgenda()
  agenda.plan(1000, { kind: 'dispatch', sid: 'SM1' })

  await clock.advance(999)
  assert.deepEqual([done.length, agenda.size], [0, 1])

  await clock.advance(1)
  assert.deepEqual([done, agenda.size], [[{ kind: 'dispatch', sid: 'SM1' }], 0])
})

test('what is called off does not happen, and is not listed any more', async () => {
  const { clock, agenda, done } = anAgenda()
  const timer = agenda.plan(1000, { kind: 'dispatch' })

  timer.cancel()
  await clock.advance(2000)

  assert.deepEqual([done, agenda.list()], [[], []])
})

test('an agenda that is written down and taken up elsewhere leads to the same, in the same order', async () => {
  const first = anAgenda()
  for (const [delay, name] of [
    [500, 'c'],
    [100, 'a'],
    [500, 'd'],
    [100, 'b']
  ] as const) {
    first.agenda.plan(delay, { kind: 'step', name })
  }
  const written: unknown = JSON.parse(JSON.stringify(first.agenda.list()))
  const second = anAgenda()
  assert.ok(Array.isArray(written))
  second.agenda.restore(written)

  await first.clock.advance(1000)
  await second.clock.advance(1000)

  assert.deepEqual(
    first.done.map(({ name }) => name),
    ['a', 'b', 'c', 'd']
  )
  assert.deepEqual(second.done, first.done)
})

test('a plan that nobody handles is a bug, and is told', () => {
  const handlers = new PlanHandlers<object>()

  assert.throws(() => handlers.carryOut({}, { kind: 'unheard-of' }), /unheard-of/)
})

test('what is saved is taken up as far ahead as it was, wherever the other clock stands', async () => {
  const first = anAgenda()
  for (const [delay, name] of [
    [500, 'late'],
    [100, 'b'],
    [100, 'c'],
    [0, 'a']
  ] as const) {
    first.agenda.plan(delay, { kind: name })
  }
  first.clock.set(200)
  const saved = first.agenda.save()
  const second = anAgenda()
  second.clock.set(1_000_000)

  second.agenda.takeUp(JSON.parse(JSON.stringify(saved)))

  assert.deepEqual(second.agenda.save(), saved)
  await second.clock.advance(299)
  assert.deepEqual(
    second.done.map(({ kind }) => kind),
    ['a', 'b', 'c']
  )
  await second.clock.advance(1)
  assert.equal(second.done.at(-1)?.kind, 'late')
})
