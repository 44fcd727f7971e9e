"""One question to a TLS port, in the protocol that it speaks: an answer, or the reason why there is none."""

import socket
import ssl

SECONDS = 5
HTTP2_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(3) + b"\x04" + bytes(5)
"""Preface and an empty SETTINGS frame (RFC 9113, 3.4): every gRPC server answers with its own."""
HTTP1_REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def answer(address: str, port: int, context: ssl.SSLContext, host: str, *, grpc: bool) -> bytes:
    """First bytes of the answer.

    With TLS 1.3 a server refuses a certificate after the client's handshake is over: only what comes after
    a question tells whether one was admitted.
    """
    with (
        socket.create_connection((address, port), timeout=SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=host) as encrypted,
    ):
        encrypted.sendall(HTTP2_PREFACE if grpc else HTTP1_REQUEST)
        return encrypted.recv(64)


def plaintext_answer(address: str, port: int, *, grpc: bool) -> bytes:
    """The same without TLS; empty if the server closes or resets the connection."""
    with socket.create_connection((address, port), timeout=SECONDS) as plain:
        try:
            plain.sendall(HTTP2_PREFACE if grpc else HTTP1_REQUEST)
            return plain.recv(64)
        except ConnectionError:
            return b""
