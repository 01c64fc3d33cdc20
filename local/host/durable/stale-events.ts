import type { InMemoryOrchestrationBackend } from '@microsoft/durabletask-js';

/** An orchestration as the engine keeps it. */
export type Instance = NonNullable<ReturnType<InMemoryOrchestrationBackend['getInstance']>>;

type EngineEvent = Instance['history'][number];

/**
 * Tells whether an event answers what this generation of the instance asked for. The engine delivers timers and ends of
 * sub-orchestrations of earlier generations too, by numbers that begin anew with each.
 */
export function isCurrent(event: EngineEvent, { history }: Instance): boolean {
  const fired = event.getTimerfired();
  if (fired) return history.some((asked) => isSameTimer(asked, fired.getTimerid(), fired.getFireat()?.toDate()));
  const ended = event.getSuborchestrationinstancecompleted() || event.getSuborchestrationinstancefailed();
  if (!ended) return true;
  return history.some((asked) => asked.hasSuborchestrationinstancecreated() && asked.getEventid() === ended.getTaskscheduledid());
}

function isSameTimer(asked: EngineEvent, id: number, fireAt: Date | undefined): boolean {
  const created = asked.getTimercreated();
  return asked.getEventid() === id && created?.getFireat()?.toDate().getTime() === fireAt?.getTime();
}
