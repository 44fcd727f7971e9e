"""An ordinary program; nothing in it knows how it is run, or that a stand-in serves it."""

import pulumi
import workloads  # type: ignore[import-not-found]  # beside this file, where a project finds it

settings = pulumi.Config()
provider = workloads.provider(settings)
namespace = workloads.namespace(settings, provider)
workloads.web(settings, provider, namespace)
workloads.others(settings, provider, namespace)
