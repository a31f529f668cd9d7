import { createHash } from 'node:crypto'

/** `docker.io/library/nginx:1.25`: the whole name of an image. */
export function wholeImageName(image: string): string {
  const [first = ''] = image.split('/')
  const hasHost = image.includes('/') && (/[.:]/.test(first) || first === 'localhost')
  const path = hasHost ? image : image.includes('/') ? `docker.io/${image}` : `docker.io/library/${image}`
  const last = path.slice(path.lastIndexOf('/') + 1)
  return last.includes(':') || last.includes('@') ? path : `${path}:latest`
}

/** A name without its tag or digest. */
export function repositoryOf(image: string): string {
  return image.replace(/@sha256:.*$/, '').replace(/:[^:/]*$/, '')
}

/** The digest of an image by its whole name: the one that it names, else one that is the same at each start. */
export function digestOf(image: string): string {
  const [, named] = /@sha256:([0-9a-f]{64})$/.exec(image) ?? []
  return named ?? createHash('sha256').update(image).digest('hex')
}
