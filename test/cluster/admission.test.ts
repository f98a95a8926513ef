import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decisionAnnotation } from '../../src/core/decision-annotation.ts';
import { forecastOf } from '../webhook/support/admission.ts';
import { container, type TestPod, written } from '../webhook/support/pods.ts';
import { type AdmittingService, startAdmitting } from './admitting-service.ts';
import { type KubeObject, waitFor } from './api.ts';
import { clusterAvailable } from './available.ts';
import { createFuzzNamespaces, fuzzNamespaces, fuzzPods } from './fuzz.ts';
import { fuzzReviews } from './fuzz-reviews.ts';
import { type Cluster, clusterStartMilliseconds, startCluster } from './start.ts';

const skip = clusterAvailable();
const mebibyte = 2 ** 20;
const objectives = { 'slo.barograph.dev/cpu-exceeded': '1%', 'slo.barograph.dev/memory-exceeded': '0.1%' };
describe.skipIf(skip !== undefined)(`admission on a real API server${skip === undefined ? '' : ` (${skip})`}`, () => {
  let cluster: Cluster;
  let service: AdmittingService;

  beforeAll(async () => {
    cluster = await startCluster({ nodes: 3 });
    await createFuzzNamespaces(cluster);
    await cluster.api.createNamespace('plain');
    service = await startAdmitting(cluster, { '/inject': inject });
    forecast('shop/Deployment/web/app', 300, 300);
    // The API server takes up registrations some moments after they are made.
    await waitFor(
      async () => decisionOf(await create('shop', podNamed('shop'), 'All')) !== undefined,
      20,
      'the webhook to be called',
    );
  }, clusterStartMilliseconds);

  afterAll(async () => {
    await service?.close();
    await cluster?.stop();
  });

  function forecast(id: string, millicores: number, mebibytes: number): void {
    service.forecasts.set(id, forecastOf(id, millicores, mebibytes * mebibyte));
  }

  function podNamed(namespace: string, text = '100m 128Mi / 200m 256Mi'): object {
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'a-uid', controller: true };
    forecast(`${namespace}/Deployment/web/app`, 300, 300);
    return {
      metadata: { generateName: 'web-', ownerReferences: [owner] },
      spec: { containers: [container('app', text)] },
    };
  }

  function create(namespace: string, pod: object, dryRun?: 'All'): Promise<KubeObject> {
    return cluster.api.create(`/api/v1/namespaces/${namespace}/pods${dryRun ? `?dryRun=${dryRun}` : ''}`, pod);
  }

  async function deploy(namespace: string, name: string, template: object, replicas = 1): Promise<KubeObject> {
    return cluster.api.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
      metadata: { name },
      spec: { replicas, selector: { matchLabels: { app: name } }, template },
    });
  }

  function template(name: string, containers: object[], annotations = {}): object {
    return { metadata: { labels: { app: name }, annotations }, spec: { containers } };
  }

  async function podsOf(namespace: string, name: string, count = 1): Promise<KubeObject[]> {
    const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=app%3D${name}`;
    return waitFor(
      async () => {
        const pods = await cluster.api.list(path);
        return pods.length === count ? pods : undefined;
      },
      20,
      `${count} pods of ${name}`,
    );
  }

  test('pods of a Deployment come out with what is forecast, and a decision that can be found', async () => {
    await deploy('shop', 'web', template('web', [container('app', '100m 128Mi / 200m 256Mi')]), 2);
    for (const pod of await podsOf('shop', 'web', 2)) {
      expect(written(pod.spec.containers[0])).toBe('300m 300Mi / 600m 600Mi');
      expect(pod.status.qosClass).toBe('Burstable');
      const id = decisionOf(pod) ?? '';
      expect(await service.recorder.find(id)).toMatchObject({
        workload: { namespace: 'shop', kind: 'Deployment', name: 'web' },
        containers: [{ before: { requests: { cpu: 100 } }, after: { requests: { cpu: 300 } } }],
      });
    }
  });

  test('in other namespaces only pods with an objective of their own are touched', async () => {
    forecast('plain/Deployment/asked/app', 50, 64);
    forecast('plain/Deployment/quiet/app', 50, 64);
    await deploy('plain', 'asked', template('asked', [container('app', '100m 128Mi')], objectives));
    await deploy('plain', 'quiet', template('quiet', [container('app', '100m 128Mi')]));
    const [[asked], [quiet]] = await Promise.all([podsOf('plain', 'asked'), podsOf('plain', 'quiet')]);
    expect(written(asked.spec.containers[0])).toBe('50m 64Mi');
    expect(written(quiet.spec.containers[0])).toBe('100m 128Mi');
    expect(decisionOf(quiet)).toBeUndefined();
  });

  test('a Deployment that an HPA scales by CPU keeps its CPU requests', async () => {
    forecast('shop/Deployment/scaled/app', 900, 64);
    await cluster.api.create('/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers', {
      metadata: { name: 'scaled' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'scaled' },
        maxReplicas: 5,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
        ],
      },
    });
    const workload = { namespace: 'shop', kind: 'Deployment', name: 'scaled' };
    await waitFor(() => service.state.autoscalers(workload).hpa.length > 0, 10, 'the HPA to be seen');
    await deploy('shop', 'scaled', template('scaled', [container('app', '100m 128Mi')]));
    const [pod] = await podsOf('shop', 'scaled');
    expect(written(pod.spec.containers[0])).toBe('100m 64Mi');
    const decision = await service.recorder.find(decisionOf(pod) ?? '');
    expect(decision?.containers[0]?.reason.cpu).toBe('controlled-by-hpa');
  });

  test('what LimitRanger put in is not taken for a wish, and its limits are kept', async () => {
    forecast('limited/Deployment/bare/app', 250, 3000);
    await deploy('limited', 'bare', template('bare', [container('app')]));
    const [pod] = await podsOf('limited', 'bare');
    // Its default limits: 500 m stays, 512 Mi rises to the maximum.
    expect(written(pod.spec.containers[0])).toBe('250m 2Gi / 500m 2Gi');
  });

  test('what an objective does not get becomes an Event on the Deployment, counted when it comes again', async () => {
    const path = '/apis/apps/v1/namespaces/limited/deployments/bare';
    const { metadata } = await cluster.api.get(path);
    const selector = encodeURIComponent(`involvedObject.uid=${metadata.uid},source=barograph`);
    const eventsPath = `/api/v1/namespaces/limited/events?fieldSelector=${selector}`;
    const [first] = await waitFor(async () => nonEmpty(await cluster.api.list(eventsPath)), 10, 'the Event');
    expect(first).toMatchObject({
      type: 'Warning',
      reason: 'ObjectiveCapped',
      message: 'app: memory 2048Mi of 3000Mi needed: capped by LimitRange',
      involvedObject: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'bare' },
      source: { component: 'barograph' },
    });
    await cluster.api.patch(`${path}/scale`, { spec: { replicas: 2 } });
    await podsOf('limited', 'bare', 2);
    const again = await waitFor(
      async () => (await cluster.api.list(eventsPath)).find((event) => event.count > first.count),
      10,
      'the Event to be counted',
    );
    expect(again.metadata.name).toBe(first.metadata.name);
    expect(service.events.dropped).toBe(0);
  });

  test('what another webhook adds later is sized in a second call', async () => {
    await cluster.api.create('/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations', injector(service));
    forecast('plain/Deployment/meshed/app', 300, 300);
    forecast('plain/Deployment/meshed/proxy', 20, 32);
    const containersOf = async (): Promise<string[]> => {
      const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'meshed', uid: 'a-uid', controller: true };
      const pod = await create(
        'plain',
        {
          metadata: {
            generateName: 'x-',
            labels: { inject: 'yes' },
            annotations: objectives,
            ownerReferences: [owner],
          },
          spec: { containers: [container('app', '100m 128Mi')] },
        },
        'All',
      );
      return pod.spec.containers.map(written);
    };
    const seen = await waitFor(
      async () => {
        const containers = await containersOf();
        return containers.length === 2 ? containers : undefined;
      },
      10,
      'the injector to be called',
    );
    expect(seen).toEqual(['300m 300Mi', '20m 32Mi']);
  });

  test('raises share what a quota has left, in flight included, and no pod is refused for them', async () => {
    forecast('counted/Deployment/greedy/app', 900, 900);
    await deploy('counted', 'greedy', template('greedy', [container('app', '200m 128Mi / 400m 256Mi')]), 3);
    const pods = await podsOf('counted', 'greedy', 3);
    const cpus = pods.map((pod) => written(pod.spec.containers[0]).split(' ')[0]);
    expect(cpus.sort()).toEqual(['200m', '900m', '900m']);
    await cluster.api.delete('/apis/apps/v1/namespaces/counted/deployments/greedy');
    await waitFor(async () => (await cluster.api.list('/api/v1/namespaces/counted/pods')).length === 0, 20, 'no pods');
    await waitFor(
      () => service.state.quotas('counted')[0]?.headroom['requests.cpu'] === 2000,
      20,
      'the quota to be free',
    );
  });

  test('annotations that cannot be read are refused where that is turned on, on templates too', async () => {
    const wrong = template('wrong', [container('app')], { 'barograph.dev/bounds': 'cpu 2..1' });
    await expect(deploy('shop', 'wrong', wrong)).rejects.toThrow(/a lower bound that is not above the upper one/);
  });

  test('a dry run leaves nothing', async () => {
    const before = await service.recorder.latest(1);
    const pod = await create('shop', podNamed('shop'), 'All');
    expect(written(pod.spec.containers[0])).toBe('300m 300Mi / 600m 600Mi');
    expect(await service.recorder.latest(1)).toEqual(before);
    expect(service.recorder.recent(decisionOf(pod) ?? '')).toBeUndefined();
  });

  test.each(fuzzNamespaces)(
    'the API server refuses none of 300 arbitrary pods in namespace %s that it accepts as written, and sees the same QoS class',
    async (namespace) => {
      const counts = await fuzzPods(cluster, service, namespace, 300);
      console.log(`${namespace}: ${JSON.stringify(counts)}`);
      expect(counts.changed).toBeGreaterThan(20);
    },
    120_000,
  );

  test('500 damaged reviews are all answered, and what is patched the API server accepts', async () => {
    const counts = await fuzzReviews(cluster, service, 500);
    console.log(`reviews: ${JSON.stringify(counts)}`);
    expect(counts.checked).toBeGreaterThan(20);
  }, 120_000);

  test('a pod is created unchanged while the webhook is away', async () => {
    await service.server.close(0);
    const pod = await create('shop', podNamed('shop'));
    expect(written(pod.spec.containers[0])).toBe('100m 128Mi / 200m 256Mi');
    expect(decisionOf(pod)).toBeUndefined();
  });
});

function decisionOf(pod: KubeObject): string | undefined {
  const text: string | undefined = pod.metadata.annotations?.[decisionAnnotation];
  return text?.split(';')[0];
}

function nonEmpty(list: KubeObject[]): KubeObject[] | undefined {
  return list.length === 0 ? undefined : list;
}

/** A webhook of somebody else, called after Barograph's: adds a container. */
function inject(body: Buffer): Buffer {
  const { request } = JSON.parse(body.toString()) as { request: { uid: string; object: TestPod } };
  const has = request.object.spec.containers.some(({ name }) => name === 'proxy');
  const patch = [{ op: 'add', path: '/spec/containers/-', value: container('proxy', '100m 128Mi') }];
  const change = has ? {} : { patchType: 'JSONPatch', patch: btoa(JSON.stringify(patch)) };
  const response = { uid: request.uid, allowed: true, ...change };
  return Buffer.from(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response }));
}

function injector({ server, authority }: AdmittingService): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: 'sidecar-injector' },
    webhooks: [
      {
        name: 'inject.example.com',
        clientConfig: { url: `${server.url}/inject`, caBundle: Buffer.from(authority).toString('base64') },
        objectSelector: { matchLabels: { inject: 'yes' } },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
      },
    ],
  };
}
