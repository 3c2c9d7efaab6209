import '@telegram-apps/telegram-ui/dist/styles.css'
import '@gramkit/mini-app/styles.css'
import '@gramkit/mini-app/desk.css'
import './styles.css'
import { toRequestFailed } from '@gramkit/mini-app/requests'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { openLaunchpad } from './open-launchpad.ts'

const queries = new QueryClient({
  defaultOptions: {
    queries: { retry: (failures, error) => failures < 2 && mayPass(error) },
    mutations: { networkMode: 'always' },
  },
})

const launchpad = openLaunchpad()
const root = document.getElementById('root')
if (!root) throw new Error('The page has no #root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <App launchpad={launchpad} />
    </QueryClientProvider>
  </StrictMode>,
)

/** Whoever is not known now will not be by asking again. */
function mayPass(error: unknown): boolean {
  const failure = toRequestFailed(error)
  return failure.isTransient && failure.status !== 401
}
