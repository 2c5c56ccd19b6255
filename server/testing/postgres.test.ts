import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import { MikroORM } from '@mikro-orm/postgresql'
import { createPostgresDatabase, ensurePostgresTemplate, lendPostgresDatabase } from './postgres.ts'

const query = async (url: string, sql: string) => {
  const orm = new MikroORM({
    clientUrl: url,
    entities: [],
    discovery: { warnWhenNoEntities: false }
  })
  try {
    await orm.driver.getConnection().connect()
    return await orm.driver.getConnection().execute(sql)
  } finally {
    await orm.close(true)
  }
}

const aName = () => `template_${randomUUID().slice(0, 8)}`

const databases = async (url: string) => {
  const rows = await query(url, 'select datname from pg_database')
  return rows.map(row => String(Object.values(row)[0]))
}

const aTableOfBooks = async (url: string) => {
  await query(url, `create table books (title text); insert into books values ('Momo')`)
}

describe('a database for a test', () => {
  it('is a real PostgreSQL 18 that speaks UTF-8', async t => {
    const { url, drop } = await createPostgresDatabase()
    t.after(drop)

    const [row] = await query(
      url,
      `select current_setting('server_version_num')::int / 10000 as version,
              current_setting('server_encoding') as encoding, lower('ÄÖ') as lower`
    )

    assert.deepEqual(row, { version: 18, encoding: 'UTF8', lower: 'äö' })
  })

  it('is a copy of its template and shares nothing with another copy', async t => {
    const template = aName()
    await ensurePostgresTemplate(template, aTableOfBooks)
    const [first, second] = await Promise.all([
      createPostgresDatabase(template),
      createPostgresDatabase(template)
    ])
    t.after(first.drop)
    t.after(second.drop)

    await query(first.url, 'delete from books')

    assert.deepEqual(await query(first.url, 'select * from books'), [])
    assert.deepEqual(await query(second.url, 'select * from books'), [{ title: 'Momo' }])
  })

  it('is gone when it is dropped, even while someone is connected', async t => {
    const other = await createPostgresDatabase()
    t.after(other.drop)
    const { url, drop } = await createPostgresDatabase()
    const name = new URL(url).pathname.slice(1)
    const asleep = assert.rejects(query(url, 'select pg_sleep(60)'))
    const isBusy = `select 1 from pg_stat_activity where datname = '${name}' and state = 'active'`
    while ((await query(other.url, isBusy)).length === 0);

    await drop()

    await asleep
    assert.ok(!(await databases(other.url)).includes(name))
  })

  it('without the test runner is refused with the way to get one', async t => {
    const url = process.env.TEST_POSTGRES_URL
    t.after(() => {
      process.env.TEST_POSTGRES_URL = url
    })
    delete process.env.TEST_POSTGRES_URL

    await assert.rejects(createPostgresDatabase(), /run it through `npm test -- <file>`/)
  })

  it('that is given back is lent again, empty and with its numbers from the start', async () => {
    const template = aName()
    await ensurePostgresTemplate(template, async url => {
      await query(url, 'create table readers (id serial primary key)')
      await query(
        url,
        'create table loans (id serial primary key, reader int references readers (id))'
      )
    })
    const lendAReader = `insert into readers default values; insert into loans (reader) select max(id) from readers`
    const first = await lendPostgresDatabase(template)
    await query(first.url, lendAReader)
    await query(first.url, lendAReader)

    await first.drop()
    const second = await lendPostgresDatabase(template)
    await query(second.url, lendAReader)

    assert.equal(second.url, first.url)
    assert.deepEqual(await query(second.url, 'select * from loans'), [{ id: 1, reader: 1 }])
  })
})

describe('a template', () => {
  it('is made once, however many ask for it at the same time', async () => {
    const template = aName()
    let made = 0
    const migrate = async () => {
      made++
    }

    await Promise.all(Array.from({ length: 5 }, () => ensurePostgresTemplate(template, migrate)))

    assert.equal(made, 1)
  })

  it('whose migration fails is not there, and can be made by the next who asks', async t => {
    const template = aName()
    const failing = ensurePostgresTemplate(template, async url => {
      await aTableOfBooks(url)
      throw new Error('migration 7 failed')
    })
    await assert.rejects(failing, /migration 7 failed/)

    await ensurePostgresTemplate(template, aTableOfBooks)
    const { url, drop } = await createPostgresDatabase(template)
    t.after(drop)

    assert.deepEqual(await query(url, 'select * from books'), [{ title: 'Momo' }])
  })

  it('can be copied although its migration left a connection open', async t => {
    const template = aName()
    let left: MikroORM | undefined
    t.after(() => left?.close(true))

    await ensurePostgresTemplate(template, async clientUrl => {
      left = new MikroORM({
        clientUrl,
        entities: [],
        discovery: { warnWhenNoEntities: false },
        logger: () => {}
      })
      await left.driver.getConnection().connect()
      await left.driver.getConnection().execute('create table films (title text)')
    })
    const { url, drop } = await createPostgresDatabase(template)
    t.after(drop)

    assert.deepEqual(await query(url, 'select * from films'), [])
  })
})
