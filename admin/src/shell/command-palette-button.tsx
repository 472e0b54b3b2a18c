import { ActionIcon, Button, Kbd } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { catchEarlyKeys, takeEarlyKeys } from './early-keys.ts'

const load = () => import('./command-palette.tsx')
const CommandPalette = lazy(() =>
  load()
    .then((module) => ({ default: module.CommandPalette }))
    .catch((failure) => {
      takeEarlyKeys()
      throw failure
    }),
)

/** Opens the palette, by click or by Mod+K. It is loaded when it is first asked for; what is typed until it is there is not lost. */
export function CommandPaletteButton() {
  const [timesAsked, setTimesAsked] = useState(0)
  const open = () => {
    catchEarlyKeys()
    setTimesAsked((times) => times + 1)
  }
  useHotkeys([['mod+K', open]], [])
  return (
    <>
      <Button
        visibleFrom="sm"
        variant="default"
        c="dimmed"
        fw={400}
        leftSection={<IconSearch size={16} />}
        rightSection={<Kbd size="xs">Ctrl K</Kbd>}
        onClick={open}
      >
        Go to…
      </Button>
      <ActionIcon hiddenFrom="sm" variant="default" size="lg" aria-label="Go to…" onClick={open}>
        <IconSearch size={18} />
      </ActionIcon>
      {timesAsked > 0 && (
        <Suspense>
          <CommandPalette timesAsked={timesAsked} />
        </Suspense>
      )}
    </>
  )
}
