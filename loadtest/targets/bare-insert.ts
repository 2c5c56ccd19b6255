import { rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { newUuid } from '../../server/platform/ids.ts'
import { numberAt } from '../lab/recipients.ts'
import { serveQuestions } from '../target-process.ts'

/*
 * The floor of accepting recipients: a row for each, with the indexes that keep it the only one, by a prepared
 * statement, a thousand to a transaction, in a file with the same journal and durability as the server's.
 */
const recipientsPerTransaction = 1_000
const file = process.env['FLOOR_FILE'] ?? ''

serveQuestions('', {
  insert(argument) {
    const recipients = Number(argument)
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
    const database = new DatabaseSync(file)
    database.exec('pragma journal_mode = wal; pragma synchronous = normal')
    database.exec(
      `create table recipients (id integer primary key, uuid text unique, announcement_id integer, number text,
        client_message_id text, body text, status text, created_at integer, unique (announcement_id, number))`
    )
    const insert = database.prepare(
      `insert into recipients (uuid, announcement_id, number, client_message_id, body, status, created_at)
        values (?, 1, ?, null, ?, 'accepted', ?)`
    )
    const rows = Array.from({ length: recipients }, (_, place) => ({
      uuid: newUuid(Date.now()),
      number: numberAt(place)
    }))
    const startedAt = performance.now()
    for (let start = 0; start < recipients; start += recipientsPerTransaction) {
      database.exec('begin')
      for (const { uuid, number } of rows.slice(start, start + recipientsPerTransaction))
        insert.run(uuid, number, 'School is closed today.', startedAt)
      database.exec('commit')
    }
    const ms = performance.now() - startedAt
    database.close()
    return recipients / (ms / 1_000)
  }
})
