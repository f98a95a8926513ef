import type { RequestHandler } from 'express';

export interface ReadyCheck {
  /** `outlook`, `cluster`, `cache`, … */
  readonly name: string;
  readonly ok: boolean;
  readonly message: string;
}

/** `GET /healthz`: the process answers. */
export function liveRoute(): RequestHandler {
  return (_request, response) => {
    response.json({ status: 'ok' });
  };
}

/** `GET /readyz`: 200 when every check is good, else 503; the checks in both cases. */
export function readyRoute(checks: () => readonly ReadyCheck[]): RequestHandler {
  return (_request, response) => {
    const found = checks();
    const ready = found.every(({ ok }) => ok);
    response.status(ready ? 200 : 503).json({ ready, checks: found });
  };
}
