import { readdirSync, readFileSync } from 'node:fs'
import { breakingChanges } from '../evolution/breaking-changes.ts'
import type { World } from '../world/world.ts'

const releases = new URL('../../releases/', import.meta.url)

/** Clients of the last release go on as they are. */
export async function checkEvolution(world: World): Promise<void> {
  const release = latestRelease()
  if (release === undefined) return
  const changes = breakingChanges(release.document, world.document.json)
  const subjects = [
    ...world.document.operations.map(({ id }) => id),
    ...world.document.events.map(({ type }) => type)
  ]
  for (const subject of subjects)
    if (!changes.some(change => change.subject === subject))
      world.ledger.pass({
        group: 'evolution',
        check: 'evolution/compatible',
        subject,
        status: statusOf(world, subject)
      })
  for (const { subject, message } of changes)
    world.ledger.fail(
      {
        group: 'evolution',
        check: 'evolution/compatible',
        subject,
        status: statusOf(world, subject)
      },
      `since ${release.version}: ${message}`,
      `diff contracts/releases/${release.version}.json contracts/openapi.json`
    )
}

const statusOf = (world: World, subject: string): number => {
  const operation = world.document.operations.find(({ id }) => id === subject)
  return operation ? Math.min(...operation.responses.keys()) : 0
}

/** The copy of the document that was released last. */
export function latestRelease(): { version: string; document: unknown } | undefined {
  const versions = readdirSync(releases)
    .filter(name => name.endsWith('.json'))
    .map(name => name.slice(0, -'.json'.length))
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  const version = versions.at(-1)
  if (version === undefined) return undefined
  return {
    version,
    document: JSON.parse(readFileSync(new URL(`${version}.json`, releases), 'utf8'))
  }
}
