import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'

/** What the API reference calls the service. */
export interface ApiTitle {
  readonly title: string
  readonly version: string
  /** Where its document and its reference page are, before `/openapi.json` and `/docs`. [the root] */
  readonly path?: string
}

const REFERENCE = /"#\/components\/schemas\/([^"]+)"/g

/** Describes all routes registered after it: `/openapi.json` (3.1) and a reference page, `/docs`. */
export async function registerOpenApi(
  app: FastifyInstance,
  { path = '', ...info }: ApiTitle,
): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { ...info, description: 'Errors are problem JSON (RFC 9457); branch on `code`.' },
      components: {
        securitySchemes: {
          session: { type: 'http', scheme: 'bearer', description: 'Token of a login' },
          admin: { type: 'http', scheme: 'bearer', description: 'The admin token' },
          apiKey: { type: 'http', scheme: 'bearer', description: 'API key of a tenant' },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => withoutUnused(jsonSchemaTransformObject(document)),
  })
  await app.register(swaggerUi, {
    routePrefix: `${path}/docs`,
    theme: { title: info.title },
    // Without the bar above, which asks for the address of another document.
    uiConfig: { layout: 'BaseLayout', displayRequestDuration: true },
  })
  app.get(`${path}/openapi.json`, { schema: { hide: true } }, () => app.swagger())
}

/**
 * Keeps the ways to log in and the named schemas that a route needs. Schemas come from a registry of
 * the whole process, in which another app's may stand, and in the order of loading: so they are
 * sorted by their names.
 */
function withoutUnused<Document extends object>(document: Document): Document {
  const components: unknown = Reflect.get(document, 'components')
  const schemas: unknown = Reflect.get(Object(components), 'schemas')
  const isUsed = new Set<string>()
  const collect = (part: unknown): void => {
    for (const [, name = ''] of JSON.stringify(part ?? {}).matchAll(REFERENCE)) {
      if (isUsed.has(name)) continue
      isUsed.add(name)
      collect(Reflect.get(Object(schemas), name))
    }
  }
  const paths: unknown = Reflect.get(document, 'paths')
  collect(paths)
  const written = JSON.stringify(paths)
  const logins: unknown = Reflect.get(Object(components), 'securitySchemes')
  const asked = Object.entries(Object(logins)).filter(([name]) => written.includes(`{"${name}":[`))
  Reflect.set(Object(components), 'securitySchemes', Object.fromEntries(asked))
  const kept = Object.entries(Object(schemas)).filter(([name]) => isUsed.has(name))
  const sorted = kept.sort(([one], [other]) => (one < other ? -1 : 1))
  Reflect.set(Object(components), 'schemas', Object.fromEntries(sorted))
  return document
}
