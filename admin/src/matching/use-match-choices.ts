import type { Match } from '@crosswalk/client'
import { useState } from 'react'

/** What a person may have changed of a line. */
type Change = { externalOrgId: string; isChosen: boolean }

export type Choice = { externalOrgId: string | undefined; externalOrgName: string; isChosen: boolean }

/**
 * Which external organization each match is to be mapped to, and whether it is: what is preselected, until a person says otherwise.
 *
 * @param isShared whether several organizations may be mapped to the same external organization
 */
export function useMatchChoices(matches: readonly Match[], isShared: boolean) {
  const [changes, setChanges] = useState<ReadonlyMap<string, Change>>(new Map())

  function choiceOf({ org_id, candidates, preselected }: Match): Choice {
    const change = changes.get(org_id)
    const candidate =
      candidates.find(({ external_org_id }) => external_org_id === change?.externalOrgId) ??
      candidates.find(({ external_org_id }) => external_org_id === preselected) ??
      candidates[0]
    return {
      externalOrgId: candidate?.external_org_id,
      externalOrgName: candidate?.external_org_name ?? '',
      isChosen: candidate !== undefined && (change?.isChosen ?? preselected !== null),
    }
  }

  const put = (lines: readonly Match[], isChosen: boolean, externalOrgId?: string) =>
    setChanges((before) => {
      const after = new Map(before)
      for (const match of lines) after.set(match.org_id, { externalOrgId: externalOrgId ?? choiceOf(match).externalOrgId ?? '', isChosen })
      return after
    })

  const chosen = matches.filter((match) => choiceOf(match).isChosen)

  /** Those of the lines that can all be chosen together: of two for the same external organization the first. */
  function selectable(lines: readonly Match[]): Match[] {
    const taken = new Set(isShared ? [] : chosen.map((match) => choiceOf(match).externalOrgId))
    return lines.filter((match) => {
      const { externalOrgId, isChosen } = choiceOf(match)
      if (isChosen || externalOrgId === undefined) return isChosen
      if (taken.has(externalOrgId)) return false
      if (!isShared) taken.add(externalOrgId)
      return true
    })
  }

  return {
    choiceOf,
    selectable,
    chosen,
    check: (match: Match, isChosen: boolean) => put([match], isChosen),
    /** Who chooses a candidate means to map it. */
    choose: (match: Match, externalOrgId: string) => put([match], true, externalOrgId),
    select: (lines: readonly Match[]) => put(lines, true),
    leaveOut: (lines: readonly Match[]) => put(lines, false),
    /** Back to what is preselected. */
    reset: () => setChanges(new Map()),
  }
}

export type MatchChoices = ReturnType<typeof useMatchChoices>
