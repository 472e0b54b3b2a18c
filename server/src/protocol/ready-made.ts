/** The integrations that come along: where they are, and which of them are on. */
export type ReadyMade = { folder: string; names: 'all' | readonly string[] }

/** The package that holds them. A workspace imports it by this name, to extend one. */
export const readyMadePackage = '@crosswalk/integrations'

/** Whether a published definition came along, and was not written in the workspace. */
export function isReadyMade({ file }: { file: string }): boolean {
  return file.startsWith(`${readyMadePackage}/`)
}
