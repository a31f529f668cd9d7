import { cutAtLevel, isTooDeep } from '../input/nesting.ts'

/** More than anybody has indented before a line; the indentation alone grows by the square of it. */
const shownLevels = 100

/** Whether an object has levels that are not shown. */
export function isTooDeepToShow(object: unknown): boolean {
  return isTooDeep(object, shownLevels)
}

/** An object as it is shown: a sentence stands for each value that is nested too deeply. */
export function withoutDeepLevels<T>(object: T): T {
  if (!isTooDeepToShow(object)) return object
  return cutAtLevel(object, shownLevels + 1, () => `[left out: nested more than ${shownLevels} levels deep]`) as T
}
