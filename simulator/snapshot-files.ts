import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Whole or not at all: nobody finds half a file. Gives its size in bytes. */
export async function writeSnapshotFile(file: string, snapshot: object): Promise<number> {
  const text = Buffer.from(snapshotText(snapshot))
  const unfinished = `${file}.${process.pid}.unfinished`
  await mkdir(dirname(file), { recursive: true })
  await writeFile(unfinished, text)
  await rename(unfinished, file)
  return text.length
}

/** Throws a RangeError that says what is wrong with it. */
export async function readSnapshotFile(file: string): Promise<unknown> {
  const found = await stat(file).catch(() => undefined)
  if (found?.isFile() !== true) throw new RangeError(`there is no file ${file}`)
  return readSnapshotText(await readFile(file))
}

/** Throws a RangeError for what is no JSON, or more of it than one text can hold. */
export function readSnapshotText(bytes: Buffer): unknown {
  if (bytes.length > mostBytes) throw new RangeError(`a snapshot has at most ${mostBytes} bytes`)
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new RangeError(`the snapshot is no JSON, or was cut off: ${why}`)
  }
}

/** Throws a RangeError for what is more than one text can hold. */
export function snapshotText(snapshot: object): string {
  return JSON.stringify(snapshot)
}

/** The longest text that the platform has. */
export const mostBytes = 536_000_000

/** Where a name leads within the directory. Throws a RangeError for one that would lead elsewhere. */
export function snapshotPath(directory: string, name: string): string {
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/.test(name)) {
    throw new RangeError(
      `a snapshot's file is named by up to 100 letters, digits, ".", "_" and "-", got "${name}"`
    )
  }
  return join(directory, name.endsWith('.json') ? name : `${name}.json`)
}
