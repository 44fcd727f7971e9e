"""What `make down` leaves in a cluster of one's own: nothing."""

import pytest

import names
from tests.e2e.platform.conftest import Person
from tests.e2e.waiting import until

pytestmark = pytest.mark.cluster


def _cluster_scoped(person: Person) -> set[str]:
    """Every object outside of namespaces, of every kind that can be listed."""
    kinds = person.target.run("api-resources", "--namespaced=false", "--verbs=list", "--output=name").split()
    # A CertificateSigningRequest or a node's metrics come and go by themselves.
    lasting = [kind for kind in kinds if not kind.startswith(("certificatesigningrequests", "nodes.metrics"))]
    return set(person.target.run("get", ",".join(lasting), "--output=name").split())


def test_down_leaves_nothing_in_the_cluster(person: Person) -> None:
    before = _cluster_scoped(person)
    up = person.make("up")
    assert up.returncode == 0, up.stdout + up.stderr
    # The API server keeps an IPAddress for each Service's address.
    added = {name for name in _cluster_scoped(person) - before if not name.startswith("ipaddress.")}
    assert added == {f"namespace/{names.NAMESPACE}"}
    down = person.make("down")
    assert down.returncode == 0, down.stdout + down.stderr
    # Less than before is no concern: what an earlier test removed may still have been on its way out.
    until(lambda: _cluster_scoped(person), lambda left: left <= before)
    assert f"context {person.target.context} stays as it is" in down.stdout


def test_down_of_what_is_not_there_is_no_error(person: Person) -> None:
    for _ in range(2):
        down = person.make("down")
        assert down.returncode == 0, down.stdout + down.stderr
