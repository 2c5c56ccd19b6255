import { readConfig } from '../server/config.ts'
import { entities } from '../server/entities.ts'
import { migrations } from '../server/migrations/list.ts'
import { openDatabase } from '../server/platform/database.ts'

// `npm run migrate`: brings the database of DATABASE_URL to the latest schema. The server does so at start too.
const config = readConfig(process.env)
const database = await openDatabase({ url: config.DATABASE_URL, entities, migrations })
await database.migrate()
await database.close()
process.stdout.write(`Migrated ${config.DATABASE_URL.replace(/:[^:@/]+@/, ':•••@')}\n`)
