import type { PrometheusConfig } from '../core/config.ts';

/**
 * Questions, as PromQL with placeholders: `$selector` (label matchers), `$step` (just under a step), `$rate` (a window for rates that covers the step and one
 * interval between scrapes) and `$window` (the stretch that is read).
 */
export interface Queries {
  /** Cores used in each step: labels namespace, pod, container and, where known, node. */
  readonly containerCpu: string;
  /** Peak bytes of each step: the same labels. */
  readonly containerMemory: string;
  /** Who controls each pod seen in the window: labels namespace, pod, owner_kind, owner_name. */
  readonly podOwner: string;
  readonly replicaSetOwner: string;
  readonly jobOwner: string;
  /** On which node each pod was: labels namespace, pod, node. */
  readonly podNode: string;
  /** Cores used by each node: label node or instance. In order: the first question that has an answer counts. */
  readonly nodeCpu: readonly string[];
  readonly nodeMemory: readonly string[];
  /** The addresses of nodes: labels node, internal_ip. */
  readonly nodeAddress: string;
  /** Seconds between scrapes, one number. */
  readonly scrapeInterval: string;
  /** How often counters fell in the window, one number; undefined when the user's own question does not say which counters. */
  readonly resets: string | undefined;
}

// Slices of pods and the pause container are in cAdvisor too: they would count everything twice.
const containers = 'container!="",container!="POD",pod!=""';
const cpuCounter = `container_cpu_usage_seconds_total{${containers},$selector}`;
const memoryGauge = `container_memory_working_set_bytes{${containers},$selector}`;
// A container that restarts within a step is a second series with another id: both are summed. What is scraped twice (two jobs, two replicas of
// Prometheus) differs in other labels: of those the largest counts.
const perScrape = 'without (id, name, image, cpu)';
const perContainer = 'by (namespace, pod, container, node)';
const perNode = 'by (node, instance)';
const nodeCounter = 'container_cpu_usage_seconds_total{id="/",$selector}';
const busy = 'node_cpu_seconds_total{mode!~"idle|iowait|steal|guest|guest_nice",$selector}';

/** The questions that the configuration leads to: its own, else those for cAdvisor and kube-state-metrics, else node_exporter for nodes. */
export function queriesOf({ queries }: Pick<PrometheusConfig, 'queries'>): Queries {
  return {
    containerCpu: queries.containerCpu ?? `max ${perContainer} (sum ${perScrape} ($rateOf(${cpuCounter})))`,
    containerMemory: queries.containerMemory ?? `max ${perContainer} (max_over_time(${memoryGauge}[$step]))`,
    podOwner: queries.podOwner ?? lastLabels('kube_pod_owner', 'namespace, pod, owner_kind, owner_name'),
    replicaSetOwner: lastLabels('kube_replicaset_owner', 'namespace, replicaset, owner_kind, owner_name'),
    jobOwner: lastLabels('kube_job_owner', 'namespace, job_name, owner_kind, owner_name'),
    podNode: lastLabels('kube_pod_info', 'namespace, pod, node', 'node!=""'),
    nodeCpu: queries.nodeCpu
      ? [queries.nodeCpu]
      : [`max ${perNode} ($rateOf(${nodeCounter}))`, `sum ${perNode} ($rateOf(${busy}))`],
    nodeMemory: queries.nodeMemory
      ? [queries.nodeMemory]
      : [
          `max ${perNode} (max_over_time(container_memory_working_set_bytes{id="/",$selector}[$step]))`,
          `max ${perNode} (node_memory_MemTotal_bytes{$selector} - node_memory_MemAvailable_bytes{$selector})`,
        ],
    nodeAddress: lastLabels('kube_node_info', 'node, internal_ip', 'node!=""'),
    scrapeInterval: `quantile(0.5, $window_seconds / count_over_time(${cpuCounter}[$window]))`,
    resets: queries.containerCpu === undefined ? `sum(resets(${cpuCounter}[$window]))` : undefined,
  };
}

function lastLabels(metric: string, labels: string, matchers = 'owner_is_controller!="false"'): string {
  return `group by (${labels}) (last_over_time(${metric}{${matchers},$selector}[$window]))`;
}

export interface Placeholders {
  readonly selector: string;
  /** Undefined reads all namespaces. */
  readonly namespaces: readonly string[] | undefined;
  readonly stepSeconds: number;
  /** Between scrapes; undefined when not known. */
  readonly scrapeSeconds: number | undefined;
  readonly windowSeconds: number;
}

/** Whether matchers can be put into a question. */
export function hasSelector(query: string): boolean {
  return query.includes('$selector');
}

export function fillIn(query: string, of: Placeholders): string {
  const rate = rateWindows(of.stepSeconds, of.scrapeSeconds);
  return query
    .replace(/\$rateOf\((\w+\{[^}]*\})\)/g, (_, counter: string) => rateOf(counter, rate, of.stepSeconds))
    .replace(/\$window_seconds\b/g, String(of.windowSeconds))
    .replace(/\$window\b/g, () => openLeft(of.windowSeconds))
    .replace(/\$step\b/g, () => openLeft(of.stepSeconds))
    .replace(/\$rate\b/g, () => openLeft(rate.seconds))
    .replace(/(,?)\s*\$selector\s*(,?)/g, (_, before: string, after: string) => between(before, matchersOf(of), after));
}

/** Matchers of a metric's braces for `api/v1/label/…/values`, and the metric. */
export function namespaceMatch(selector: string): string {
  return fillIn(cpuCounter, {
    selector,
    namespaces: undefined,
    stepSeconds: 1,
    scrapeSeconds: undefined,
    windowSeconds: 1,
  });
}

interface RateWindows {
  readonly seconds: number;
  /** For steps in which that window holds a single sample. */
  readonly fallbackSeconds: number | undefined;
}

/**
 * A rate over the step plus one interval between scrapes: its samples then span one step. With n samples a step the plain `rate(x[step])` would
 * leave out 1/n of the time, and at n = 1 have no value at all.
 *
 *     step 300 s, scraped every 30 s: 11 samples in 330 s, 300 s apart; every 300 s: 2 samples in 600 s, 300 s apart
 */
function rateWindows(stepSeconds: number, scrapeSeconds: number | undefined): RateWindows {
  const interval = Math.min(stepSeconds, scrapeSeconds ?? stepSeconds / 5);
  const isSparse = scrapeSeconds === undefined || interval > stepSeconds / 2;
  return { seconds: stepSeconds + interval, fallbackSeconds: isSparse ? 3 * stepSeconds : undefined };
}

function rateOf(counter: string, { seconds, fallbackSeconds }: RateWindows, stepSeconds: number): string {
  const rate = `rate(${counter}[${openLeft(seconds)}])`;
  if (fallbackSeconds === undefined) return rate;
  return `(${rate} or (irate(${counter}[${openLeft(fallbackSeconds)}]) and count_over_time(${counter}[${openLeft(stepSeconds)}])))`;
}

// Up to version 3 Prometheus counts a sample that lies exactly at the start of a window to it: a millisecond less keeps it out.
function openLeft(seconds: number): string {
  return `${Math.max(1, Math.round(seconds * 1000) - 1)}ms`;
}

function matchersOf({ selector, namespaces }: Placeholders): string {
  const own = selector
    .trim()
    .replace(/^\{|\}$/g, '')
    .replace(/,\s*$/, '');
  const some = namespaces === undefined ? '' : `namespace=~"${namespaces.map(escapeRegExp).join('|')}"`;
  return [own, some].filter((text) => text !== '').join(',');
}

function between(before: string, matchers: string, after: string): string {
  if (matchers !== '') return `${before}${matchers}${after}`;
  return before !== '' && after !== '' ? ',' : '';
}

/** For a regular expression within a PromQL string. */
function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\\\$&').replace(/"/g, '\\"');
}
