import type { RegisteredFunction } from '../functions-core.ts';
import type { HttpRequestData, HttpResponseData, TypedData } from '../typed-data.ts';
import type { HttpEndpoint } from './http.ts';
import { compileRoute } from './route.ts';

interface HttpFunctionOptions {
  readonly routePrefix: string;
  /** When given, functions whose `authLevel` is not `anonymous` want it, in `x-functions-key` or `?code=`. */
  readonly functionKey?: string | undefined;
  invoke(registered: RegisteredFunction, trigger: TypedData): Promise<TypedData | null | undefined>;
}

/** The endpoints of an app's HTTP functions, one for each method. */
export function createHttpEndpoints(functions: readonly RegisteredFunction[], options: HttpFunctionOptions): HttpEndpoint[] {
  return functions.filter(isHttpFunction).flatMap((registered) => {
    const route = compileRoute(routeTemplate(registered, options.routePrefix));
    return httpMethods(registered).map((method) => ({
      name: registered.name,
      method,
      route,
      async answer(request: HttpRequestData): Promise<HttpResponseData | undefined> {
        if (!mayCall(registered, request, options.functionKey)) return { statusCode: '401' };
        const answer = await options.invoke(registered, { http: request });
        return answer?.http as HttpResponseData | undefined;
      },
    }));
  });
}

/** Tells whether a function is called by HTTP. */
export function isHttpFunction({ trigger }: RegisteredFunction): boolean {
  return trigger.type === 'httpTrigger';
}

/** The methods that an HTTP function answers. */
export function httpMethods({ trigger }: RegisteredFunction): readonly string[] {
  const { methods } = trigger.options;
  return (Array.isArray(methods) ? methods : ['GET', 'POST']).map((method) => String(method).toUpperCase());
}

/** The route of an HTTP function, prefix included. */
export function routeTemplate({ name, trigger }: RegisteredFunction, routePrefix: string): string {
  const { route } = trigger.options;
  return [routePrefix, typeof route === 'string' ? route : name].filter((part) => part !== '').join('/');
}

function mayCall({ trigger }: RegisteredFunction, request: HttpRequestData, functionKey: string | undefined): boolean {
  if (functionKey === undefined || trigger.options['authLevel'] === 'anonymous') return true;
  return (request.headers['x-functions-key'] ?? request.query['code']) === functionKey;
}
