import { app } from '@azure/functions';

app.http('greet', {
  authLevel: 'anonymous',
  methods: ['GET'],
  route: 'greet/{name}',
  handler: (request) => ({ body: `Hello, ${request.params.name}, from ${process.env.FIXTURE_PLACE ?? 'nowhere'}` }),
});

app.http('numbered', {
  authLevel: 'anonymous',
  methods: ['GET'],
  route: 'greet/{number:int}',
  handler: (request) => ({ body: `Number ${request.params.number}` }),
});

app.http('rest', { authLevel: 'anonymous', methods: ['GET'], route: 'rest/{*rest}', handler: (request) => ({ jsonBody: request.params }) });

app.http('echo', {
  authLevel: 'function',
  methods: ['POST', 'PUT'],
  handler: async (request) => ({
    status: 201,
    headers: {
      'content-type': request.headers.get('content-type') ?? 'none',
      'x-method': request.method,
      'x-query': request.query.toString(),
    },
    cookies: [{ name: 'seen', value: 'a b', path: '/', httpOnly: true, maxAge: 60 }],
    body: new Uint8Array(await request.arrayBuffer()),
  }),
});

app.http('headers', { authLevel: 'anonymous', handler: (request) => ({ jsonBody: Object.fromEntries(request.headers) }) });

app.http('broken', {
  authLevel: 'anonymous',
  handler: () => {
    throw new Error('out of order');
  },
});

app.http('text', { authLevel: 'anonymous', handler: () => 'a string is no response' });

app.http('nothing', { authLevel: 'anonymous', handler: () => ({ status: 204 }) });
