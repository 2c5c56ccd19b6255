import assert from 'node:assert/strict'
import { test } from 'node:test'

import { build } from '../testing/build.ts'
import { JoinRefusal } from './session-token.ts'

const codeOf = (join: () => unknown): number => {
  try {
    join()
    return 0
  } catch (error) {
    if (error instanceof JoinRefusal) return error.code
    throw error
  }
}

test('a name that is used again after its end is another session', async t => {
  const { call } = await build(t)
  const visit = call('call-0001')
  visit.join('Ana').leaves()
  const { id, status } = visit.session()

  visit.join('Ana')

  assert.equal(status, 'ended')
  assert.notEqual(visit.session().id, id)
  assert.equal(visit.session().users[0]?.id, '16778240')
})

test('a session goes on without its host, and ends with the last who leaves', async t => {
  const { call } = await build(t)
  const visit = call('call-0001')
  const ana = visit.join('Ana', { as: 'host' })
  const ben = visit.join('Ben')

  ana.leaves()
  visit.hasNotTold('session.ended')
  ben.leaves()

  assert.deepEqual(visit.events().slice(-3), [
    'session.user_left',
    'session.user_left',
    'session.ended'
  ])
})

test('of several hosts the first to join is host, the others are managers who cannot end', async t => {
  const { call } = await build(t)
  const visit = call('call-0001')
  const ana = visit.join('Ana', { as: 'host' })
  const ben = visit.join('Ben', { as: 'host' })

  assert.deepEqual([ana.user.role, ben.user.role], ['host', 'manager'])
  ben.startsRecording()
  assert.throws(() => ben.endsForAll(), /Ben is a manager/)
  ana.passesHostTo(ben)
  ben.endsForAll()
  assert.equal(visit.session().status, 'ended')
})

test('two people of one name are two users', async t => {
  const { call } = await build(t)
  const visit = call('call-0001')

  const first = visit.join('Ana')
  const second = visit.join('Ana')
  first.leaves()

  assert.notEqual(first.id, second.id)
  assert.deepEqual(visit.people(), ['Ana'])
})

test('who comes back before the lost connection is noticed is told of before the one who went', async t => {
  const { call, mock } = await build(t)
  const visit = call('call-0001')
  visit.join('Ana', { as: 'host' })
  const ben = visit.join('Ben', { userKey: 'parent-7' })
  const lostAt = mock.clock.now()
  ben.disconnects()
  await mock.clock.advance('20 s')

  const again = ben.rejoins()
  const { object } = await visit.expects('session.user_left')

  const left: Record<string, unknown> = Object(object['user'])
  assert.equal(left['id'], ben.id)
  assert.equal(left['user_key'], 'parent-7')
  assert.equal(left['leave_time'], new Date(lostAt).toISOString().replace('.000', ''))
  assert.match(String(left['leave_reason']), /got disconnected/)
  assert.notEqual(again.id, ben.id)
  assert.deepEqual(visit.people(), ['Ana', 'Ben'])
})

test('a lone user is thrown out after forty minutes, unless the session is recorded', async t => {
  const { call, mock } = await build(t)
  const silent = call('silent')
  const recorded = call('recorded')
  const chosen = call('chosen')
  silent.join('Ana')
  recorded.join('Ben', { as: 'host' }).startsRecording()
  chosen.join('Carla', { as: 'host', idleTimeoutMins: 5 })

  await mock.clock.advance('5 min')
  const afterFive = [silent, recorded, chosen].map(one => one.session().status)
  await mock.clock.advance('35 min')
  const afterForty = [silent, recorded, chosen].map(one => one.session().status)

  assert.deepEqual(afterFive, ['live', 'live', 'ended'])
  assert.deepEqual(afterForty, ['ended', 'live', 'ended'])
})

test('company stops the clock of a lone user, who begins to wait anew', async t => {
  const { call, mock } = await build(t)
  const visit = call('call-0001')
  visit.join('Ana', { as: 'host' })
  await mock.clock.advance('39 min')
  const ben = visit.join('Ben')
  await mock.clock.advance('1 h')
  ben.leaves()

  await mock.clock.advance('39 min')
  assert.equal(visit.session().status, 'live')
  await mock.clock.advance('1 min')
  assert.equal(visit.session().status, 'ended')
})

test('a password, a key, a removal and a full house keep people out, each with its code', async t => {
  const { call } = await build(t, { most_users: 3 })
  const visit = call('call-0001')
  const key = { sessionKey: 'k', password: 'secret' }
  const ana = visit.join('Ana', { as: 'host', ...key })
  const ben = visit.join('Ben', { userKey: 'parent-7', ...key })

  const codes = [
    codeOf(() => visit.join('Eve', { sessionKey: 'k', password: 'wrong' })),
    codeOf(() => visit.join('Eve', { password: 'secret' })),
    codeOf(() => visit.join('Eve', { sessionKey: 'other', password: 'secret' })),
    codeOf(() => visit.join('Eve', { ...key, password: 'p'.repeat(11) })),
    codeOf(() => visit.join('Eve', { ...key, password: 'é' })),
    codeOf(() => visit.join('Carla', key)),
    codeOf(() => visit.join('Dora', key))
  ]
  ana.removes(ben)
  const back = codeOf(() => ben.rejoins())

  assert.deepEqual(codes, [3004, 200, 200, 200, 4003, 0, 4005])
  assert.equal(back, 3009)
  assert.deepEqual(visit.people(), ['Ana', 'Carla'])
})

test('a long name is cut, an empty one shows as null, and a topic without a name is refused', async t => {
  const { call } = await build(t)
  const visit = call('call-0001')

  assert.equal(visit.join('n'.repeat(201)).name.length, 200)
  assert.equal(visit.join('').name, 'null')
  assert.equal(
    codeOf(() => call('a/b').join('Ana')),
    4003
  )
})

test('who is inside stays when the token expires, unless the world says otherwise', async t => {
  const stays = await build(t)
  const goes = await build(t, { expired_token: 'removes_users' })
  const people = []

  for (const { call, mock } of [stays, goes]) {
    const visit = call('call-0001')
    const ana = visit.join('Ana', { as: 'host' })
    visit.join('Ben')
    ana.startsRecording()
    await mock.clock.advance('3 h')
    people.push(visit.people().length)
  }

  assert.deepEqual(people, [2, 0])
})

test('an end for all tells of everybody, then of the session', async t => {
  const { call } = await build(t, { leave_reasons: 'html' })
  const visit = call('call-0001')
  const ana = visit.join('Ana', { as: 'host' })
  visit.join('Ben')
  ana.shares().startsRecording()

  ana.endsForAll()

  assert.deepEqual(visit.events().slice(5), [
    'session.recording_stopped',
    'session.sharing_ended',
    'session.user_left',
    'session.user_left',
    'session.ended'
  ])
  const { object } = await visit.expects('session.user_left', { of: 'Ben' })
  const left: Record<string, unknown> = Object(object['user'])
  assert.equal(left['leave_reason'], 'Ben left the session.<br>Reason: Host ended the session.')
})

test('what is not as expected is told with all that happened in the room', async t => {
  const { call } = await build(t)
  const visit = call('call-0001')
  visit.join('Ana').leaves()

  await assert.rejects(
    visit.expects('session.recording_completed', { within: '1 min' }),
    /call-0001 told of no session\.recording_completed within 1 min:\n.*session\.started[\s\S]*session\.user_joined Ana[\s\S]*is now/
  )
})
