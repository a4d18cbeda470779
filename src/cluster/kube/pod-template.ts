import { configFiles, type KubeRun, mounts, namesOf, secretFiles } from './kube-run.ts';

/** Whom the image runs as; see the Dockerfile. */
const USER = 1000;

export interface Container {
  name: string;
  args: readonly string[];
  env: readonly object[];
  resources: object;
  /** Seconds between SIGTERM and SIGKILL. */
  graceSeconds: number;
  /** It reads what the scenario needs of the Secret. */
  trusted: boolean;
  /** Room for its results, where it has a volume of its own for them. */
  resultBytes: number;
}

/** Labels of everything that belongs to a run. */
export function labelsOf({ name }: KubeRun, component: string): Record<string, string> {
  return {
    'app.kubernetes.io/name': 'iotload',
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/component': component,
  };
}

/** What ties an object to the run and its plan. */
function annotationsOf({ runId, digest, shards }: KubeRun): Record<string, string> {
  return { 'iotload/run-id': runId, 'iotload/plan-digest': digest, 'iotload/shards': `${shards}` };
}

/** Name, namespace, labels and annotations of an object. */
export function metadataOf(run: KubeRun, name: string, component: string): object {
  return {
    name,
    ...(run.namespace === null ? {} : { namespace: run.namespace }),
    labels: labelsOf(run, component),
    annotations: annotationsOf(run),
  };
}

/**
 * The pod of one container that may do nothing but its work: no root, no writing besides the mounted volumes, no capabilities, no token of a service
 * account, the system calls that the runtime allows by default.
 */
export function podTemplate(run: KubeRun, component: string, container: Container, more: object = {}): object {
  return {
    metadata: {
      labels: labelsOf(run, component),
      annotations: { ...annotationsOf(run), 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false' },
    },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...(run.serviceAccount === null ? {} : { serviceAccountName: run.serviceAccount }),
      terminationGracePeriodSeconds: container.graceSeconds,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: USER,
        runAsGroup: USER,
        fsGroup: USER,
        fsGroupChangePolicy: 'OnRootMismatch',
        seccompProfile: { type: 'RuntimeDefault' },
      },
      ...more,
      containers: [
        {
          name: container.name,
          image: run.image,
          args: container.args.map(literally),
          workingDir: mounts.results,
          env: container.env,
          resources: container.resources,
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          volumeMounts: [
            { name: 'scenario', mountPath: mounts.scenario, readOnly: true },
            { name: 'results', mountPath: mounts.results },
            { name: 'tmp', mountPath: mounts.tmp },
          ],
        },
      ],
      volumes: [
        { name: 'scenario', projected: { defaultMode: 0o440, sources: sourcesOf(run, container.trusted) } },
        { name: 'results', ...resultsVolume(run, container) },
        { name: 'tmp', emptyDir: { sizeLimit: '256Mi' } },
      ],
    },
  };
}

function resultsVolume(run: KubeRun, { resultBytes }: Container): object {
  const { claim } = namesOf(run);
  return claim === null
    ? { emptyDir: { sizeLimit: inMebibytes(resultBytes) } }
    : { persistentVolumeClaim: { claimName: claim } };
}

export function inMebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 ** 2)}Mi`;
}

/** What Kubernetes fills in; any other `$(…)` of an argument stands for itself. */
export const filledIn = { index: '$(JOB_COMPLETION_INDEX)', pod: '$(POD_NAME)' } as const;

/** The variable that `filledIn.pod` is filled in from. */
export const podNameVariable = { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } } as const;

function literally(arg: string): string {
  return arg.replace(/\$\(/g, (opening, at: number) =>
    Object.values(filledIn).some((name) => arg.startsWith(name, at)) ? opening : `$${opening}`,
  );
}

/** ConfigMap and Secret, laid out as the scenario and its files lie to each other. */
function sourcesOf(run: KubeRun, trusted: boolean): object[] {
  const { bundle, secret } = run;
  const itemsOf = (files: ReturnType<typeof configFiles>): object[] => files.map(({ key, path }) => ({ key, path }));
  const credentials = secretFiles(bundle);
  return [
    { configMap: { name: namesOf(run).config, items: itemsOf(configFiles(bundle)) } },
    ...(credentials.length === 0 || !trusted ? [] : [{ secret: { name: secret, items: itemsOf(credentials) } }]),
  ];
}
