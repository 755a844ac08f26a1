/** Manifests of as many objects as one likes: services with what belongs to them, in namespaces of a hundred objects. */

const OBJECTS_A_NAMESPACE = 100;

/** A stream of documents in which `lint` and `fix` find nothing. */
export function manifestStream(objects: number): string {
  return Array.from({ length: objects }, (_, index) => objectText(index)).join('---\n');
}

/** The same with a finding in three of four objects: a number that is no text, a port that no container has, a reference too early. */
export function faultyStream(objects: number): string {
  return manifestStream(objects)
    .replaceAll('  HOST:', '  PORT: 80\n  HOST:')
    .replaceAll('            # who it is\n', '            - name: LOGIN\n              value: $(DATABASE_USER)\n')
    .replaceAll('targetPort: http', 'targetPort: https');
}

function objectText(index: number): string {
  const namespace = `team-${Math.floor(index / OBJECTS_A_NAMESPACE)}`;
  const name = `service-${Math.floor(index / 4)}`;
  const head = (apiVersion: string, kind: string): string =>
    `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: ${namespace}\n  labels:\n    app: ${name}\n`;
  switch (index % 4) {
    case 0:
      return `${head('v1', 'ConfigMap')}data:\n  HOST: ${name}.example.org\n  MODE: production\n`;
    case 1:
      return `${head('v1', 'Service')}spec:\n  selector:\n    app: ${name}\n  ports:\n    - name: http\n      port: 80\n      targetPort: http\n`;
    case 2:
      return `${head('v1', 'ServiceAccount')}automountServiceAccountToken: false\n`;
    default:
      return `${head('apps/v1', 'Deployment')}${deploymentSpec(name)}`;
  }
}

function deploymentSpec(name: string): string {
  return `spec:
  selector:
    matchLabels:
      app: ${name}
  template:
    metadata:
      labels:
        app: ${name}
    spec:
      serviceAccountName: ${name}
      containers:
        - name: main
          image: registry.example.org/${name}:1.0.0
          ports:
            - name: http
              containerPort: 8080
          envFrom:
            - configMapRef:
                name: ${name}
          env:
            # who it is
            - name: DATABASE_USER
              value: ${name}
            - name: DATABASE_PASSWORD
              valueFrom:
                secretKeyRef:
                  name: ${name}
                  key: password
            - name: DATABASE_URL
              value: postgres://$(DATABASE_USER):$(DATABASE_PASSWORD)@postgres:5432/$(DATABASE_USER)
          readinessProbe:
            httpGet:
              path: /health
              port: http
          args: ['--host', $(HOST)]
`;
}
