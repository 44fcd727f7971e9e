"""Values become Settings alike, whether a file has them or the engine, which knows text only."""

import json

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from settings import Duration, Settings, SettingsError, Storage, Topology, load_schema, parse
from settings.values import Encrypted

REQUIRED = {"environment": "dev", "cluster.name": "mcp-dev", "traffic.spans_per_second": 100}
SCHEMA = load_schema()


def parsed(environ: dict[str, str] | None = None, /, **values: object) -> Settings:
    """Settings of what is required and of `values`, whose names have two underscores for the dot."""
    dotted = {key.replace("__", "."): value for key, value in values.items()}
    return parse({**REQUIRED, **dotted}, environ or {}, SCHEMA)


def problems(**values: object) -> str:
    with pytest.raises(SettingsError) as caught:
        parsed({}, **values)
    return str(caught.value)


def test_text_of_the_engine_gives_the_same_settings_as_yaml() -> None:
    native: dict[str, object] = {
        "receivers__jaeger_udp": True,
        "traffic__peak_factor": 5,
    }
    text: dict[str, object] = {key: json.dumps(value) for key, value in native.items()}
    namespaces = {"receivers__jaeger_udp_namespaces": ["old"]}

    assert parsed({}, **native, **namespaces) == parsed({}, **text, **namespaces)


def test_a_list_in_another_order_gives_the_same_settings() -> None:
    assert parsed(access__sender_namespaces=["b", "a"]) == parsed(access__sender_namespaces=["a", "b"])


def test_values_arrive_typed() -> None:
    settings = parsed(topology="tiered", jaeger__storage="elasticsearch", rollout__timeout="1h")

    assert settings.topology is Topology.TIERED
    assert settings.jaeger.storage is Storage.ELASTICSEARCH
    assert settings.rollout.timeout == Duration(3600)
    assert settings.images.registry is None


def test_a_rule_over_two_keys_is_silent_while_one_of_them_is_broken() -> None:
    assert "shorter than" not in problems(trust__leaf_duration="3 days", trust__leaf_renew_before="72h")


def test_text_that_only_looks_like_a_number_is_refused() -> None:
    for value in ("١٢", "1_000", "", " 5", "9" * 30, "0x10"):
        assert "must be a whole number" in problems(traffic__spans_per_second=value)


def test_a_long_value_is_shown_in_part() -> None:
    assert "x" * 80 not in problems(environment="x" * 5000)


def test_a_secret_is_carried_as_the_source_gives_it() -> None:
    text = json.dumps({"auths": {"mirror.example.com": {"auth": "aHVudGVyMg=="}}})
    carried = pulumi.Output.secret(text)

    settings = parsed(images__pull_secret=Encrypted(value=carried, text=text))

    assert settings.images.pull_secret is carried


@pytest.mark.parametrize("text", ["hunter2", "[]", '{"auths": {}}', '{"auths": ["hunter2"]}', '"hunter2"'])
def test_a_secret_that_is_no_docker_configuration_is_refused_and_not_shown(text: str) -> None:
    told = problems(images__pull_secret=Encrypted(value=pulumi.Output.secret(text), text=text))

    assert "images.pull_secret: must be the JSON of a Docker configuration" in told
    assert "hunter2" not in told


def test_the_machine_wins_over_the_stack_for_the_cluster() -> None:
    environ = {"MCP_TRACING_CONTEXT": "mine", "MCP_TRACING_KUBECONFIG": ""}

    cluster = parsed(environ, cluster__context="theirs", cluster__kubeconfig="/theirs").cluster

    assert (cluster.context, cluster.kubeconfig) == ("mine", "/theirs")


def test_kubeconfig_of_the_shell_is_not_read() -> None:
    assert parsed({"KUBECONFIG": "/other"}).cluster.kubeconfig is None


@given(st.integers(0, 10**9))
def test_a_duration_written_and_read_is_the_same(seconds: int) -> None:
    assert Duration.parse(str(Duration(seconds))) == Duration(seconds)


def test_durations_are_written_as_short_as_go_reads_them() -> None:
    assert [str(Duration(seconds)) for seconds in (0, 90, 5400, 259_200)] == ["0s", "1m30s", "1h30m", "72h"]


@given(st.text(max_size=20))
def test_any_text_is_a_duration_or_refused_with_a_valueerror(text: str) -> None:
    try:
        parsed_duration = Duration.parse(text)
    except ValueError:
        return
    assert parsed_duration.seconds >= 0


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*SCHEMA.keys, "unknown", "a:b", ":"]), json_values, max_size=6))
def test_whatever_stands_in_a_stack_gives_settings_or_problems(values: dict[str, object]) -> None:
    try:
        settings = parse(values, {}, SCHEMA)
    except SettingsError as error:
        told = str(error)
    else:
        told = settings.environment
    assert told
