import { type MappingOfAll, testMapping } from '@crosswalk/client'
import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { notifyDone, notifyFailure } from '../elements/notify.tsx'
import { mappingsKey } from '../queries/mappings.ts'

/** A vendor is not asked by more of them at once. */
const atOnce = 4

/** Tests the mappings that are on the page, one after another, and says how far it is. */
export function TestAllButton({ mappings }: { mappings: MappingOfAll[] }) {
  const queries = useQueryClient()
  const [done, setDone] = useState(0)
  const testable = mappings.filter(({ org_is_active }) => org_is_active)
  const testing = useMutation({
    async mutationFn(chosen: MappingOfAll[]) {
      setDone(0)
      const waiting = [...chosen]
      const failures: unknown[] = []
      let passed = 0
      const work = async () => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          try {
            if ((await testMapping(next.org_id, next.id)).success) passed += 1
          } catch (failure) {
            failures.push(failure)
          }
          setDone((before) => before + 1)
        }
      }
      await Promise.all(Array.from({ length: atOnce }, work))
      if (failures.length > 0) throw failures[0]
      return { passed, count: chosen.length }
    },
    onSuccess: ({ passed, count }) => {
      const text = `${passed.toLocaleString()} of ${count.toLocaleString()} tests passed.`
      if (passed === count) notifyDone(text)
      else notifyFailure('Not every connection works', new Error(`${text} The list says why.`))
    },
    onError: (error) => notifyFailure('Not every test could be run', error),
    onSettled: () => queries.invalidateQueries({ queryKey: mappingsKey }),
  })
  const count = testing.variables?.length ?? 0
  return (
    <Button variant="default" disabled={testing.isPending || testable.length === 0} onClick={() => testing.mutate(testable)}>
      {testing.isPending ? `Tested ${done} of ${count}…` : testable.length === 1 ? 'Test this one' : `Test these ${testable.length}`}
    </Button>
  )
}
