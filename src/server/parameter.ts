import type { Request } from 'express';

/** A part of the path, decoded. Express types it as a list too, which only wildcards give. */
export function parameter(request: Request, name: string): string {
  const value = request.params[name];
  return typeof value === 'string' ? value : '';
}
