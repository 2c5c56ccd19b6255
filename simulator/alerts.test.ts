import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Alerts } from './alerts.ts'

function someAlerts(most?: number): Alerts {
  const alerts = new Alerts(() => 1000, most)
  alerts.add({ code: 11200, message: 'a', severity: 'error', sid: 'SM1' })
  alerts.add({ code: 12300, message: 'b', severity: 'warning', sid: 'SM1' })
  alerts.add({ code: 11200, message: 'c', severity: 'error', sid: 'SM2' })
  return alerts
}

test('alerts are found by code, by what they are about, by severity and after another', () => {
  const alerts = someAlerts()
  const told = (filter: object) => alerts.list(filter).map(({ message }) => message)

  assert.deepEqual(told({}), ['a', 'b', 'c'])
  assert.deepEqual(told({ code: 11200 }), ['a', 'c'])
  assert.deepEqual(told({ sid: 'SM1', severity: 'error' }), ['a'])
  assert.deepEqual(told({ after: 1 }), ['b', 'c'])
  assert.deepEqual(told({ limit: 1 }), ['c'])
})

test('no more than the most are kept, and their numbers go on', () => {
  const alerts = someAlerts(4)
  for (let index = 0; index < 20; index++) alerts.add({ code: 1, message: '', severity: 'error' })

  assert.ok(alerts.all.length <= 4)
  assert.equal(alerts.all.at(-1)?.seq, 23)
})

test('alerts that are saved, written down and restored are the same, and go on', () => {
  const alerts = someAlerts()

  const restored = new Alerts(() => 1000)
  restored.restore(JSON.parse(JSON.stringify(alerts.save())))
  for (const each of [alerts, restored]) each.add({ code: 2, message: 'd', severity: 'error' })

  assert.deepEqual(restored.list(), alerts.list())
})
