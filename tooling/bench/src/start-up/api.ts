/** One API process of the shop, as P12 measures it. */
import { loadConfig } from '@gramkit/core/config'
import { serveShop } from '@gramkit/shop'

await serveShop(loadConfig())
process.send?.({ rss: process.memoryUsage().rss })
