import { objectivePrefix } from '../../core/objective.ts';
import { storageClassAnnotation } from '../../webhook/claims/claim.ts';
import { boundsAnnotation, enabledLabel, modeAnnotation } from '../../webhook/effective.ts';
import { servingSecret } from './configuration.ts';
import { appName, clusterName, hasStorage, type InstallOptions, type KubernetesObject, labels } from './options.ts';

/** What storage.autoClass is when nobody says otherwise. */
const usualAutoClass = 'barograph';

interface SelectorTerm {
  readonly key: string;
  readonly operator: 'In' | 'NotIn';
  readonly values: readonly string[];
}

/** What a registration depends on; the rest of an installation may come along. */
export type RegistrationOptions = Pick<InstallOptions, 'namespace' | 'certificates' | 'url' | 'refuseInvalid'> &
  Partial<InstallOptions>;

/** The registrations with the API server. */
export function webhookObjects(options: RegistrationOptions): KubernetesObject[] {
  return options.refuseInvalid ? [podWebhooks(options), objectiveWebhook(options)] : [podWebhooks(options)];
}

/**
 * Two webhooks that never both match: one for all pods of namespaces that are labelled, one for pods with an objective of their own in all other
 * namespaces. A webhook cannot select by a namespace's annotations, and a match condition on namespaceObject evaluates on null.
 */
function podWebhooks(options: RegistrationOptions): KubernetesObject {
  const shared = {
    clientConfig: clientConfig(options, '/admission/pods'),
    rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], scope: 'Namespaced' }],
    admissionReviewVersions: ['v1'],
    // Whatever is wrong with Barograph, pods are created.
    failurePolicy: 'Ignore',
    matchPolicy: 'Equivalent',
    timeoutSeconds: 3,
    reinvocationPolicy: 'IfNeeded',
    sideEffects: 'NoneOnDryRun',
  };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: metadata(options),
    webhooks: [
      {
        name: 'enabled.pods.barograph.dev',
        namespaceSelector: namespaces(options, { key: enabledLabel, operator: 'In', values: ['true'] }),
        ...shared,
      },
      {
        name: 'annotated.pods.barograph.dev',
        namespaceSelector: namespaces(options, { key: enabledLabel, operator: 'NotIn', values: ['true'] }),
        matchConditions: [{ name: 'has-an-objective', expression: hasObjective('object') }],
        ...shared,
      },
      ...claimWebhooks(options),
    ],
  };
}

/** Claims that ask for the best class, by their annotation or by the class that stands for it; only where storage is configured. */
function claimWebhooks(options: RegistrationOptions): object[] {
  const { configuration = {} } = options;
  if (!hasStorage({ configuration })) return [];
  return [
    {
      name: 'claims.barograph.dev',
      clientConfig: clientConfig(options, '/admission/claims'),
      namespaceSelector: namespaces(options),
      rules: [
        {
          apiGroups: [''],
          apiVersions: ['v1'],
          operations: ['CREATE'],
          resources: ['persistentvolumeclaims'],
          scope: 'Namespaced',
        },
      ],
      matchConditions: [{ name: 'asks-for-a-class', expression: asksForClass(autoClassOf(configuration)) }],
      admissionReviewVersions: ['v1'],
      failurePolicy: 'Ignore',
      matchPolicy: 'Equivalent',
      timeoutSeconds: 3,
      reinvocationPolicy: 'IfNeeded',
      sideEffects: 'NoneOnDryRun',
    },
  ];
}

function autoClassOf(configuration: Readonly<Record<string, unknown>>): string {
  const { autoClass } = configuration.storage as { readonly autoClass?: unknown };
  return typeof autoClass === 'string' ? autoClass : usualAutoClass;
}

/** Refuses annotations that cannot be read, on pods and on the templates that pods come from. */
function objectiveWebhook(options: RegistrationOptions): KubernetesObject {
  const rule = (apiGroups: string[], resources: string[]): object => ({
    apiGroups,
    apiVersions: ['*'],
    operations: ['CREATE', 'UPDATE'],
    resources,
    scope: 'Namespaced',
  });
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: metadata(options),
    webhooks: [
      {
        name: 'objectives.barograph.dev',
        clientConfig: clientConfig(options, '/admission/objectives'),
        namespaceSelector: namespaces(options),
        rules: [
          rule([''], ['pods', 'replicationcontrollers']),
          rule(['apps'], ['deployments', 'statefulsets', 'daemonsets', 'replicasets']),
          rule(['batch'], ['jobs', 'cronjobs']),
        ],
        matchConditions: [{ name: 'has-an-annotation-of-barograph', expression: hasAnyAnnotation() }],
        admissionReviewVersions: ['v1'],
        failurePolicy: 'Ignore',
        matchPolicy: 'Equivalent',
        timeoutSeconds: 3,
        sideEffects: 'None',
      },
    ],
  };
}

function metadata({ namespace, certificates }: RegistrationOptions): KubernetesObject['metadata'] {
  const name = clusterName(namespace);
  if (certificates.kind !== 'cert-manager') return { name, labels };
  // Until cert-manager has filled in the authority no call succeeds, and pods are created unchanged.
  return { name, labels, annotations: { 'cert-manager.io/inject-ca-from': `${namespace}/${servingSecret}` } };
}

function clientConfig({ certificates, namespace, url }: RegistrationOptions, path: string): object {
  const ca = 'authority' in certificates ? { caBundle: Buffer.from(certificates.authority).toString('base64') } : {};
  if (url !== undefined) return { url: `${url}${path}`, ...ca };
  return { service: { name: appName, namespace, path, port: 443 }, ...ca };
}

/** Never the system's pods nor Barograph's own: a cluster must be able to start without it. */
function namespaces({ namespace }: RegistrationOptions, ...terms: readonly SelectorTerm[]): object {
  const excluded = { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system', namespace] };
  return { matchExpressions: [...terms, excluded] };
}

/** CEL: whether an object has an annotation that makes a pod opt in. */
function hasObjective(object: string): string {
  return `${object}.metadata.?annotations.orValue({}).exists(key, key.startsWith('${objectivePrefix}'))`;
}

/** CEL: whether a claim has the annotation, or is of the class that stands for it. */
function asksForClass(autoClass: string): string {
  const annotated = `'${storageClassAnnotation}' in object.metadata.?annotations.orValue({})`;
  return `${annotated} || object.spec.?storageClassName.orValue('') == '${autoClass}'`;
}

/** CEL: whether an object or its pod template (of a CronJob: of its job template) has an annotation with a grammar. */
function hasAnyAnnotation(): string {
  const isOurs = `key.startsWith('${objectivePrefix}') || key in ['${modeAnnotation}', '${boundsAnnotation}']`;
  return ['object', 'object.?spec.?template', 'object.?spec.?jobTemplate.?spec.?template']
    .map((holder) => `${holder}.?metadata.?annotations.orValue({}).exists(key, ${isOurs})`)
    .join(' || ');
}
