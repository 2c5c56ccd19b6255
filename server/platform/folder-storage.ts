import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { sha256 } from './secrets.ts'
import type { Clock } from './clock.ts'
import type { LinkSigner } from './signed-links.ts'
import { checkKey, checkLifetime, contentTypeOf, type Storage } from './storage.ts'

/** Where this server serves what lies in the folder. */
export const storedFilesPath = '/recordings'

/** A file as it is served: the caller closes the handle. */
export interface OpenedFile {
  handle: FileHandle
  size: number
  /** Changes whenever the file does. */
  tag: string
}

export interface FolderStorage extends Storage {
  readonly links: LinkSigner
  /** Undefined when there is no such file. */
  openFile(key: string): Promise<OpenedFile | undefined>
}

export const isFolderStorage = (storage: Storage): storage is FolderStorage =>
  'openFile' in storage && 'links' in storage

/**
 * Objects as files below one folder. A file is written aside, brought to the disk, and then given its name:
 * whoever looks sees the old one, the new one or none.
 */
export function createFolderStorage(deps: {
  folder: string
  publicUrl: string
  links: LinkSigner
  clock: Clock
}): FolderStorage {
  const { clock, links, publicUrl } = deps
  const root = resolve(deps.folder)
  // No key begins with a dot.
  const unfinished = join(root, '.unfinished')
  const fileOf = (key: string): string => {
    checkKey(key)
    return join(root, key)
  }

  async function openFile(key: string): Promise<OpenedFile | undefined> {
    const handle = await orNothing(open(fileOf(key), 'r'))
    if (!handle) return undefined
    const found = await handle.stat()
    if (!found.isFile()) {
      await handle.close()
      return undefined
    }
    return {
      handle,
      size: found.size,
      tag: `"${found.size.toString(36)}-${found.mtimeMs.toString(36)}-${found.ino.toString(36)}"`
    }
  }

  return {
    links,
    openFile,

    async put(key, source) {
      const file = fileOf(key)
      const mark = sha256(key).slice(0, 32)
      const draft = join(unfinished, `${mark}.${randomUUID()}`)
      await mkdir(unfinished, { recursive: true })
      try {
        const size = await writeThrough(draft, source)
        await mkdir(dirname(file), { recursive: true })
        await rename(draft, file)
        await syncFolders(dirname(file), root)
        await removeDrafts(mark)
        return { size }
      } catch (error) {
        await rm(draft, { force: true })
        // Another writer of the same object was faster and has cleared our draft away.
        const other = isAbsence(error) ? await orNothing(stat(file)) : undefined
        if (other) return { size: other.size }
        throw error
      }
    },

    async get(key) {
      const opened = await openFile(key)
      return (
        opened && {
          size: opened.size,
          contentType: contentTypeOf(key),
          body: opened.handle.createReadStream()
        }
      )
    },

    async stat(key) {
      const found = await orNothing(stat(fileOf(key)))
      return found?.isFile() ? { size: found.size } : undefined
    },

    async remove(key) {
      await rm(fileOf(key), { force: true })
    },

    async linkTo(key, options) {
      checkKey(key)
      checkLifetime(options)
      const { fileName, lifetimeMs } = options
      const expires = Math.ceil((clock.now() + lifetimeMs) / 1_000)
      const url = new URL(`${storedFilesPath}/${key}`, publicUrl)
      url.searchParams.set('expires', String(expires))
      if (fileName !== undefined) url.searchParams.set('name', fileName)
      url.searchParams.set('signature', links.sign({ key, fileName, expires }))
      return url.href
    },

    close() {
      // Files are open only while they are read or written.
    }
  }

  /** What a writer that was killed has left of the object that is now complete. */
  async function removeDrafts(mark: string): Promise<void> {
    const drafts = await readdir(unfinished)
    await Promise.all(
      drafts
        .filter(name => name.startsWith(`${mark}.`))
        .map(name => rm(join(unfinished, name), { force: true }))
    )
  }
}

/** Everything that the source yields, on the disk when this resolves. */
async function writeThrough(file: string, source: AsyncIterable<Uint8Array>): Promise<number> {
  const handle = await open(file, 'wx')
  try {
    let size = 0
    for await (const chunk of source) {
      await handle.write(chunk)
      size += chunk.length
    }
    await handle.sync()
    return size
  } finally {
    await handle.close()
  }
}

/** A new name is kept by its folder, a new folder by the one above it. */
async function syncFolders(folder: string, root: string): Promise<void> {
  for (let each = folder; each.length >= root.length; each = dirname(each)) {
    const handle = await open(each, 'r')
    await handle.sync().finally(() => handle.close())
  }
}

const isAbsence = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')

async function orNothing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found
  } catch (error) {
    if (isAbsence(error)) return undefined
    throw error
  }
}
