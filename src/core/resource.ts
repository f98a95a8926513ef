/** The resources that Barograph sizes. Values are millicores for cpu and bytes for memory everywhere inside. */
export const resources = ['cpu', 'memory'] as const;

export type Resource = (typeof resources)[number];

export type PerResource<T> = Readonly<Record<Resource, T>>;

/** As in the VPA: a request outside [lower, upper] should be changed soon; `target` is what to request. */
export interface Recommendation {
  readonly lower: number;
  readonly target: number;
  readonly upper: number;
}
