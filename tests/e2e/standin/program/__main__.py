"""An ordinary program; nothing in it knows how it is run, or that a stand-in serves it."""

import pulumi
import workloads

settings = pulumi.Config()
provider = workloads.provider(settings)
namespace = workloads.namespace(settings, provider)
workloads.web(settings, provider, namespace)
workloads.others(settings, provider, namespace)
