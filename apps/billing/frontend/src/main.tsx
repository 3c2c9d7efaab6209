import '@telegram-apps/telegram-ui/dist/styles.css'
import '@gramkit/mini-app/styles.css'
import '@gramkit/mini-app/desk.css'
import './styles.css'
import { toRequestFailed } from '@gramkit/mini-app/requests'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { openDesk } from './open-desk.ts'

const queries = new QueryClient({
  defaultOptions: {
    queries: { retry: (failures, error) => failures < 2 && mayPass(error) },
    mutations: { networkMode: 'always' },
  },
})

const desk = openDesk()
const root = document.getElementById('root')
if (!root) throw new Error('The page has no #root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <App desk={desk} />
    </QueryClientProvider>
  </StrictMode>,
)

/** A key that is refused now will be refused again. */
function mayPass(error: unknown): boolean {
  const failure = toRequestFailed(error)
  return failure.isTransient && failure.status !== 401
}
