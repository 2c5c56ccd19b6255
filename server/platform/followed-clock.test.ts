import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { createMockTwilio } from '../../mock-twilio/app.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import { startOfTest, until } from '../testing/build.ts'
import { followClock } from './followed-clock.ts'

test("a follower has its leader's time", async t => {
  const { follower } = await aLeader(t)

  assert.equal(follower.now(), startOfTest)
})

test('a follower moves when its leader is advanced, and its timers fire', async t => {
  const { leader, follower } = await aLeader(t)
  const fired: number[] = []
  follower.setTimer(3_600_000, () => fired.push(follower.now()))

  await leader.advance('1 h')
  await until('the timer to fire', () => fired.length === 1)

  assert.deepEqual(fired, [startOfTest + 3_600_000])
})

test('small steps of a frozen leader add up: a timer fires once its time is reached', async t => {
  const { leader, follower } = await aLeader(t)
  let fired = false
  follower.setTimer(120, () => (fired = true))

  for (const step of [40, 40, 40]) {
    await leader.advance(step)
    await until('the follower to hear of it', () => follower.now() === leader.now())
  }

  await until('the timer to fire', () => fired)
})

test('a canceled timer does not fire', async t => {
  const { leader, follower } = await aLeader(t)
  const fired: string[] = []
  const timer = follower.setTimer(1_000, () => fired.push('canceled'))
  follower.setTimer(2_000, () => fired.push('kept'))

  timer.cancel()
  await leader.advance('3 s')
  await until('the other timer to fire', () => fired.length > 0)

  assert.deepEqual(fired, ['kept'])
})

test('a follower of a quick clock runs on at its rate between two questions', async t => {
  const { leader, follower } = await aLeader(t)
  let fired = false
  follower.setTimer(24 * 3_600_000, () => (fired = true))

  leader.setMode('rate', 1_000_000)

  await until('a day to pass', () => fired)
})

test('a leader that is gone for good leaves its follower the last rate', async t => {
  const { leader, follower, close } = await aLeader(t)
  leader.setMode('rate', 1_000)
  await until('time to pass', () => follower.now() > startOfTest)

  await close()
  const before = follower.now()

  await until('time to go on', () => follower.now() > before + 1_000)
})

async function aLeader(t: TestContext) {
  const leader = new VirtualClock({ mode: 'frozen', start: startOfTest })
  const mock = await createMockTwilio({ clock: leader })
  let closing: Promise<void> | undefined
  const close = () => (closing ??= mock.close())
  t.after(close)
  const url = await mock.app.listen({ host: '127.0.0.1', port: 0 })
  const follower = await followClock(`${url}/_mock/clock`, 20)
  t.after(() => follower.stop())
  return { leader, follower, close }
}
