"""Client certificates: read from Secrets, used without touching the disk for longer than a call."""

import base64
import ssl
import tempfile
from pathlib import Path

import pytest

from operations.certificates import ClientCertificate
from operations.problem import OperationError
from tests.unit.operations.pki import Hop


def _secret(certificate: ClientCertificate) -> dict[str, str]:
    values = {"tls.crt": certificate.certificate, "tls.key": certificate.key, "ca.crt": certificate.authority}
    return {key: base64.b64encode(value).decode() for key, value in values.items()}


def test_secret_gives_the_certificate_that_stands_in_it() -> None:
    made = Hop("query").client()
    assert ClientCertificate.of_secret("mcp-query-client-tls", _secret(made)) == made


def test_secret_without_a_key_says_which_key_and_where_to_look() -> None:
    data = _secret(Hop("query").client())
    del data["ca.crt"]
    with pytest.raises(OperationError, match=r"Secret some-tls has no 'ca\.crt'.*describe certificates"):
        ClientCertificate.of_secret("some-tls", data)


@pytest.mark.parametrize(("value", "said"), [("", "is empty"), ("***", "does not hold base64")])
def test_secret_with_unusable_content_is_refused(value: str, said: str) -> None:
    data = {**_secret(Hop("query").client()), "tls.key": value}
    with pytest.raises(OperationError, match=said):
        ClientCertificate.of_secret("some-tls", data)


def test_key_is_not_shown_when_the_certificate_is_printed() -> None:
    made = Hop("query").client()
    assert "PRIVATE" not in repr(made)


def test_context_verifies_speaks_tls_1_3_only_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    context = Hop("query").client().ssl_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version is ssl.TLSVersion.TLSv1_3
    assert list(tmp_path.iterdir()) == []
