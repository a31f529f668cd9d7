import { basename, dirname } from 'node:path'
import { type Finding, isTest, type SourceFile } from './parse-files.ts'

export const MAX_FILES_IN_A_FOLDER = 25

/** Folders that hold more source files than a person takes in; tests, fixtures and route tables aside. */
export function findCrowdedFolders(files: readonly SourceFile[]): Finding[] {
  const sources = files.filter(({ path }) => !isTest(path) && !/^routes?\.tsx?$/.test(basename(path)))
  return [...Map.groupBy(sources, ({ path }) => dirname(path))]
    .filter(([, inside]) => inside.length > MAX_FILES_IN_A_FOLDER)
    .map(([path, inside]) => ({ path, what: `holds ${inside.length} source files, ${MAX_FILES_IN_A_FOLDER} at most` }))
}
