import { describe, expect, it } from 'vitest';
import { compileRoute } from '../../../local/host/http/route.ts';

describe('a route template', () => {
  it.each([
    ['runs', 'runs', {}],
    ['runs', 'RUNS/', {}],
    ['runs', 'runs/1', undefined],
    ['runs/{id}', 'runs/a.b-c', { id: 'a.b-c' }],
    ['runs/{id}', 'runs', undefined],
    ['runs/{id?}', 'runs', {}],
    ['runs/{id?}', 'runs/7', { id: '7' }],
    ['runs/{id:int}', 'runs/-7', { id: '-7' }],
    ['runs/{id:int}', 'runs/7a', undefined],
    ['runs/{id:guid}', 'runs/0C7C5E6E-0000-4000-8000-000000000000', { id: '0C7C5E6E-0000-4000-8000-000000000000' }],
    ['files/{name}.{ending:alpha}', 'files/a.b.csv', { name: 'a.b', ending: 'csv' }],
    ['a.c', 'abc', undefined],
    ['{*path}', '', {}],
    ['{*path}', 'a/b', { path: 'a/b' }],
    ['x/{**path}', 'x/a/b', { path: 'a/b' }],
    ['{name}', '%', { name: '%' }],
    ['{name}', 'a%2fb%20c', { name: 'a%2Fb c' }],
  ])('%s on %s gives %j', (template, path, params) => {
    expect(compileRoute(template).match(path)).toEqual(params);
  });

  it.each(['{id:regex}', '{id:length}'])('that cannot be honoured (%s) is refused', (template) => {
    expect(() => compileRoute(template)).toThrow('is not supported by the local host');
  });

  it('that is malformed is refused', () => {
    expect(() => compileRoute('runs/{a-b}')).toThrow('"{a-b}" is not understood');
  });

  it('ranks before those that are less specific', () => {
    const templates = ['runs/{*rest}', 'runs/{id}', 'runs/{id:int}', 'runs/active', '{*all}'];

    const ranked = templates.toSorted((a, b) => (compileRoute(a).rank < compileRoute(b).rank ? -1 : 1));

    expect(ranked).toEqual(['runs/active', 'runs/{id:int}', 'runs/{id}', 'runs/{*rest}', '{*all}']);
  });
});
