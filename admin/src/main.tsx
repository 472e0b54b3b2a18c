import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './crosswalk.css'
import { MantineProvider } from '@mantine/core'
import { ModalsProvider } from '@mantine/modals'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { askForProof } from './auth/ask-for-proof.tsx'
import { createQueryClient } from './queries/query-client.ts'
import { createPages } from './routes.tsx'
import { keepFocus } from './shell/focus-keeper.ts'
import { Toasts } from './shell/toasts.tsx'
import { cssVariables, theme } from './theme.ts'

const root = document.getElementById('root')
if (!root) throw new TypeError('The page has no element with the id root.')
const queryClient = createQueryClient(askForProof)
const router = createPages()
keepFocus()

createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <Toasts />
        <ModalsProvider>
          <RouterProvider router={router} />
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
