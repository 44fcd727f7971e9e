"""Stand-in for Pulumi's Kubernetes provider, for machines where the real plugin cannot be had.

It serves the same resource types against any API server, with own and smaller behaviour: no charts, no
patch or list resources, no client-side schema. It is named a stand-in wherever it shows, and
`local.engine` prefers the real plugin.
"""
