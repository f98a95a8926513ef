import { expect } from 'vitest';
import type { KubeObject } from '../../cluster/api.ts';
import { createDeployment } from './deployment.ts';
import type { World } from './world.ts';

export const shopAnnotations = { 'slo.barograph.dev/cpu-exceeded': '1%', 'slo.barograph.dev/memory-exceeded': '0.1%' };
export const shopAsked = { requests: { cpu: '3', memory: '4Gi' } };

const decision = 'barograph.dev/decision';

/** A Deployment without replicas, of which pods are created one at a time while something is wrong. */
export interface Shop {
  /** A pod of the Deployment's ReplicaSet, as the API server made it. */
  createPod(): Promise<KubeObject>;
  /** The same; fails where it was not sized. */
  expectSized(): Promise<KubeObject>;
  /** The same; fails where it is not as it was asked for. */
  expectUnchanged(): Promise<KubeObject>;
}

export async function openShop(world: World): Promise<Shop> {
  const { api } = world.cluster;
  const pods = { namespace: 'shop', name: 'service-0', replicas: 0, annotations: shopAnnotations, ...shopAsked };
  await createDeployment(world.cluster, pods);
  let named = 0;

  async function createPod(): Promise<KubeObject> {
    const name = `fault-${named++}`;
    const [set] = await api.list('/apis/apps/v1/namespaces/shop/replicasets');
    const owner = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      controller: true,
      name: set.metadata.name,
      uid: set.metadata.uid,
    };
    return api.create('/api/v1/namespaces/shop/pods', {
      metadata: {
        name,
        annotations: shopAnnotations,
        labels: set.spec.template.metadata.labels,
        ownerReferences: [owner],
      },
      spec: { containers: [{ name: 'app', image: 'example.org/app:1', resources: shopAsked }] },
    });
  }

  return {
    createPod,
    async expectSized() {
      const pod = await createPod();
      expect(pod.metadata.annotations[decision]).toContain('; enforce; ');
      expect(pod.spec.containers[0].resources).not.toEqual(shopAsked);
      return pod;
    },
    async expectUnchanged() {
      const pod = await createPod();
      expect(pod.spec.containers[0].resources).toEqual(shopAsked);
      expect(pod.metadata.annotations[decision]).toBeUndefined();
      return pod;
    },
  };
}

/** The id of the decision on a pod. */
export function decisionOn({ metadata }: KubeObject): string {
  return String(metadata.annotations[decision]).split(';')[0] ?? '';
}
