{{/* What pods and the Service that finds them have in common. */}}
{{- define "barograph.selector" -}}
app.kubernetes.io/name: barograph
{{- end }}

{{- define "barograph.labels" -}}
{{ include "barograph.selector" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "barograph.scheduler.labels" -}}
app.kubernetes.io/name: barograph-scheduler
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "barograph.metadata" -}}
name: barograph
namespace: {{ .Release.Namespace }}
labels:
  {{- include "barograph.labels" . | nindent 2 }}
{{- end }}

{{- define "barograph.scheduler.metadata" -}}
name: barograph-scheduler
namespace: {{ .Release.Namespace }}
labels:
  {{- include "barograph.scheduler.labels" . | nindent 2 }}
{{- end }}

{{/* The name of what is not in a namespace. */}}
{{- define "barograph.clusterName" -}}
{{- if eq .Release.Namespace "barograph" }}barograph{{ else }}barograph-{{ .Release.Namespace }}{{ end }}
{{- end }}

{{- define "barograph.serviceHost" -}}
barograph.{{ .Release.Namespace }}.svc
{{- end }}

{{/* The configuration as it is given, as JSON. */}}
{{- define "barograph.given" -}}
{{- if .Values.configuration -}}
{{- toJson .Values.configuration -}}
{{- else -}}
{{- $objective := dict "cpuExceeded" "1%" "memoryExceeded" "0.1%" -}}
{{- dict "source" (dict "kind" "prometheus" "url" .Values.prometheus) "mode" "observe" "objective" $objective | toJson -}}
{{- end -}}
{{- end }}

{{/* Not empty where DiskHealth, PoolForecast and StoragePlan objects are kept. */}}
{{- define "barograph.hasPlans" -}}
{{- $storage := get (include "barograph.given" . | fromJson) "storage" -}}
{{- if kindIs "map" $storage -}}
{{- if ne (toJson (dig "plans" "enabled" true $storage)) "false" }}yes{{ end -}}
{{- end -}}
{{- end }}

{{/* Not empty where filter refuses nodes for their disks. */}}
{{- define "barograph.refusesNodes" -}}
{{- $storage := get (include "barograph.given" . | fromJson) "storage" -}}
{{- if kindIs "map" $storage -}}
{{- $known := or (ne (dig "nodeDisks" "kind" "none" $storage) "none") (not (empty (get $storage "ceph"))) -}}
{{- if and $known (ne (toJson (dig "refuseNodes" true $storage)) "false") }}yes{{ end -}}
{{- end -}}
{{- end }}

{{- define "barograph.port" -}}
{{- $address := dig "server" "address" "" (include "barograph.given" . | fromJson) -}}
{{- regexFind "[0-9]+$" (regexFind ":[0-9]+$" $address) | default "8443" }}
{{- end }}

{{/* The Secret where clients find the authority. */}}
{{- define "barograph.authoritySecret" -}}
{{- if eq .Values.certificates.kind "own" }}barograph-ca{{ else }}barograph-tls{{ end }}
{{- end }}

{{/* The authority as one text, with the line ends of Unix. */}}
{{- define "barograph.authority" -}}
{{- .Values.certificates.authority | replace "\r\n" "\n" }}
{{- end }}

{{/* The configuration in the pod, as JSON: the given one with the folders of the pod and the names of the Service. */}}
{{- define "barograph.configuration" -}}
{{- $configuration := include "barograph.given" . | fromJson -}}
{{- $server := deepCopy (default dict $configuration.server) -}}
{{- $host := include "barograph.serviceHost" . -}}
{{- $own := list "localhost" "127.0.0.1" $host (printf "%s.cluster.local" $host) -}}
{{- $_ := set $server "hosts" (concat (default list $server.hosts) $own | uniq) -}}
{{- $_ := set $server "address" (printf "0.0.0.0:%s" (include "barograph.port" .)) -}}
{{- $_ := set $server "certs" "/var/lib/barograph/certs" -}}
{{- if eq .Values.certificates.kind "managed" -}}
{{- $name := include "barograph.clusterName" . -}}
{{- $registrations := list (printf "MutatingWebhookConfiguration/%s" $name) -}}
{{- if .Values.refuseInvalid -}}
{{- $registrations = append $registrations (printf "ValidatingWebhookConfiguration/%s" $name) -}}
{{- end -}}
{{- $_ := set $server "secret" (printf "%s/barograph-tls" .Release.Namespace) -}}
{{- $_ := set $server "lease" (printf "%s/barograph" .Release.Namespace) -}}
{{- $_ := set $server "registrations" $registrations -}}
{{- end -}}
{{- if gt (int .Values.replicas) 1 -}}
{{- $_ := set $server "peers" (printf "barograph-peers.%s.svc:%s" .Release.Namespace (include "barograph.port" .)) -}}
{{- end -}}
{{- $_ := set $configuration "server" $server -}}
{{- $knowledge := deepCopy (default dict $configuration.knowledge) -}}
{{- $_ := set $knowledge "kind" "sqlite" -}}
{{- $_ := set $knowledge "path" "/var/lib/barograph/data" -}}
{{- $_ := set $configuration "knowledge" $knowledge -}}
{{- $_ := set $configuration "kubernetes" (dict "enabled" true) -}}
{{- if .Values.secondScheduler.enabled -}}
{{- $lease := printf "%s/barograph-scheduler" .Release.Namespace -}}
{{- $_ := set $configuration "scheduler" (dict "name" "barograph-scheduler" "lease" $lease) -}}
{{- end -}}
{{- if include "barograph.hasPlans" . -}}
{{- $storage := deepCopy $configuration.storage -}}
{{- $plans := deepCopy (default dict $storage.plans) -}}
{{- $_ := set $plans "lease" (printf "%s/barograph-storage" .Release.Namespace) -}}
{{- $_ := set $storage "plans" $plans -}}
{{- $_ := set $configuration "storage" $storage -}}
{{- end -}}
{{- toJson $configuration -}}
{{- end }}

{{/* Changes when the configuration or the authority does, so that pods are started anew. */}}
{{- define "barograph.digest" -}}
{{- $authority := "" -}}
{{- if has .Values.certificates.kind (list "own" "given") -}}
{{- $authority = include "barograph.authority" . -}}
{{- end -}}
{{- printf "%s%s" (include "barograph.configuration" .) $authority | sha256sum | trunc 16 }}
{{- end }}

{{/* Not on one node, nor in one zone, where there is a choice. The argument is the name of the pods. */}}
{{- define "barograph.spread" -}}
{{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
- maxSkew: 1
  topologyKey: {{ . }}
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
      app.kubernetes.io/name: {{ $ }}
{{- end }}
{{- end }}

{{- define "barograph.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities:
  drop:
    - ALL
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* One webhook's client: the argument is a list of the root and the path. */}}
{{- define "barograph.clientConfig" -}}
{{- $root := index . 0 -}}
{{- $path := index . 1 -}}
{{- if $root.Values.url }}
url: {{ printf "%s%s" (trimSuffix "/" $root.Values.url) $path }}
{{- else }}
service:
  name: barograph
  namespace: {{ $root.Release.Namespace }}
  path: {{ $path }}
  port: 443
{{- end }}
{{- if has $root.Values.certificates.kind (list "own" "given") }}
caBundle: {{ include "barograph.authority" $root | b64enc }}
{{- end }}
{{- end }}

{{/* The namespaces that are never looked at. */}}
{{- define "barograph.excluded" -}}
- key: kubernetes.io/metadata.name
  operator: NotIn
  values:
    - kube-system
    - {{ .Release.Namespace }}
{{- end }}

{{- define "barograph.check" -}}
{{- if not (has .Values.certificates.kind (list "managed" "cert-manager" "own" "given")) }}
{{- fail (printf "certificates.kind: expected managed, cert-manager, own or given, received %v" .Values.certificates.kind) }}
{{- end }}
{{- if and (has .Values.certificates.kind (list "own" "given")) (not .Values.certificates.authority) }}
{{- fail "certificates.authority: expected the authority in PEM" }}
{{- end }}
{{- if and (eq .Values.certificates.kind "own") (not .Values.certificates.authorityKey) }}
{{- fail "certificates.authorityKey: expected the authority's key in PEM" }}
{{- end }}
{{- if and .Values.url (not (has .Values.certificates.kind (list "own" "given"))) }}
{{- fail "url: expected certificates.kind own or given, as the server outside has its certificates there" }}
{{- end }}
{{- if and .Values.url .Values.secondScheduler.enabled }}
{{- fail "secondScheduler: expected no url, as it asks the Service in the cluster" }}
{{- end }}
{{- end }}
