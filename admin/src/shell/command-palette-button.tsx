import { ActionIcon, Button, Kbd } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'

const CommandPalette = lazy(() => import('./command-palette.tsx').then((module) => ({ default: module.CommandPalette })))

/** Opens the palette, by click or by Mod+K. It is loaded when it is first asked for. */
export function CommandPaletteButton() {
  const [timesAsked, setTimesAsked] = useState(0)
  const open = () => setTimesAsked((times) => times + 1)
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
