/** The name of an image without its tag or digest. */
export function repositoryOf(image: string): string {
  return image.replace(/@sha256:.*$/, '').replace(/:[^:/]*$/, '')
}
