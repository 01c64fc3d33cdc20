import { once } from 'node:events';
import { request as send } from 'node:http';
import type { Fault, FaultProxy, ProxiedRequest } from '../../support/servers/fault-proxy.ts';
import { killSender } from './kill.ts';
import { type WriteStep, writeStepOf } from './write-step.ts';

/** Each write takes so long: a run must not be over before it is hit. */
const WRITE_MS = 60;

/** Where a worker is when it is killed: over which of its writes, and how far that one has come. */
export interface WritePoint {
  readonly steps: readonly WriteStep[];
  /** The service has got: nothing; half of the body; all, and has answered, but the worker does not hear of it. */
  readonly moment: 'unsent' | 'half-sent' | 'answered';
}

/** Lies in wait, in the proxies before the stores, for the worker that comes to a point. */
export interface Ambush {
  /** Kills the worker that comes to the point first. Answers whether one came before `signal` fired. */
  killAt(point: WritePoint, signal: AbortSignal): Promise<boolean>;
}

interface Snare {
  readonly point: WritePoint;
  readonly sprung: () => void;
}

/** A proxy and the URL of the service behind it. */
type Proxied = readonly [proxy: FaultProxy, serviceUrl: string];

export function layAmbush(...proxies: readonly Proxied[]): Ambush {
  let laid: Snare | undefined;

  async function hit(request: ProxiedRequest, serviceUrl: string, snare: Snare): Promise<Fault> {
    const kill = async () => {
      // It may be dead already: then another one will come.
      if (killSender(request)) snare.sprung();
      else laid = snare;
    };
    if (snare.point.moment === 'answered') return { kind: 'pause', meanwhile: kill };
    if (snare.point.moment === 'half-sent') await sendHalf(request, serviceUrl);
    await kill();
    return { kind: 'reset' };
  }

  for (const [proxy, serviceUrl] of proxies) {
    proxy.setFaults((request) => {
      const [step, snare] = [writeStepOf(request), laid];
      if (step === undefined) return undefined;
      if (!snare?.point.steps.includes(step)) return { kind: 'delay', milliseconds: WRITE_MS };
      laid = undefined;
      return hit(request, serviceUrl, snare);
    });
  }

  return {
    async killAt(point, signal) {
      const isSprung = new Promise<true>((resolve) => {
        laid = { point, sprung: () => resolve(true) };
      });
      const isOver = signal.aborted ? Promise.resolve() : once(signal, 'abort');
      const outcome = await Promise.race([isSprung, isOver]);
      laid = undefined;
      return outcome === true;
    },
  };
}

/** Sends a request whose sender is gone in the middle of the body. */
async function sendHalf({ method, path, headers, body }: ProxiedRequest, serviceUrl: string): Promise<void> {
  const { hostname, port } = new URL(serviceUrl);
  const outgoing = send({ hostname, port, method, path, headers }).on('error', () => undefined);
  await new Promise((sent) => outgoing.write(body.subarray(0, Math.ceil(body.length / 2)), sent));
  outgoing.destroy();
}
