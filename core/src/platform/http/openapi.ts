import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'

/** What the API reference calls the service. */
export interface ApiTitle {
  readonly title: string
  readonly version: string
}

/** Describes all routes registered after it: `/openapi.json` (3.1) and a reference page, `/docs`. */
export async function registerOpenApi(app: FastifyInstance, info: ApiTitle): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { ...info, description: 'Errors are problem JSON (RFC 9457); branch on `code`.' },
      components: {
        securitySchemes: {
          session: { type: 'http', scheme: 'bearer', description: 'Token of a login' },
          admin: { type: 'http', scheme: 'bearer', description: 'The admin token' },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => withoutUnusedSchemas(jsonSchemaTransformObject(document)),
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    theme: { title: info.title },
    // Without the bar above, which asks for the address of another document.
    uiConfig: { layout: 'BaseLayout', displayRequestDuration: true },
  })
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
}

/** Every named schema is written for requests and for answers; most are used one way only. */
function withoutUnusedSchemas<Document extends object>(document: Document): Document {
  const text = JSON.stringify(document)
  const schemas: unknown = Reflect.get(Reflect.get(document, 'components') ?? {}, 'schemas')
  for (const name of Object.keys(schemas ?? {})) {
    if (!text.includes(`"#/components/schemas/${name}"`))
      Reflect.deleteProperty(Object(schemas), name)
  }
  return document
}
