"""A stock gRPC client against a running node: put, get, compare-and-set, append, batch, scan, session, error cases, deadlines, health.

    interop.py ADDRESS GROUP [--protos DIR] [--ca FILE [--cert FILE --key FILE] [--name HOST]]

ADDRESS is host:port of the node that leads (or of one that forwards writes), GROUP one of its key-value stores.
The classes come out of the repository's .proto files by grpc_tools or protoc, into a temporary directory. Prints one
line per check and ends with "N passed, N failed"; the exit code is 0 only if nothing failed.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import uuid

import grpc
from google.protobuf import any_pb2

PROTOS = ["replication/v1/key_value.proto", "grpc/health/v1/health.proto", "google/rpc/status.proto"]


def generate(protos, out):
    """Generates the message classes; stubs are not needed, the channel calls methods by name."""
    try:
        from grpc_tools import protoc
        include = str(pathlib.Path(protoc.__file__).parent / "_proto")
        code = protoc.main(["protoc", f"-I{protos}", f"-I{include}", f"--python_out={out}", *PROTOS])
    except ImportError:
        code = subprocess.run(["protoc", f"-I{protos}", f"--python_out={out}", *PROTOS], check=False).returncode
    if code != 0:
        sys.exit("the .proto files could not be compiled")
    # The packages google and grpc exist already: the generated files go beside them under their own names.
    for proto in PROTOS:
        source = pathlib.Path(out, proto.replace(".proto", "_pb2.py"))
        source.replace(pathlib.Path(out, source.name))
    sys.path.insert(0, str(out))


class Client:
    def __init__(self, channel, group):
        import health_pb2
        import key_value_pb2
        import status_pb2
        self.channel, self.group = channel, group
        self.kv, self.health, self.status = key_value_pb2, health_pb2, status_pb2

    def call(self, method, request, answer, timeout=15):
        rpc = self.channel.unary_unary(
            method, request_serializer=lambda m: m.SerializeToString(), response_deserializer=answer.FromString)
        return rpc(request, timeout=timeout)

    def kv_call(self, name, timeout=15, answer=None, **fields):
        request = getattr(self.kv, name + "Request")(group=fields.pop("group", self.group), **fields)
        answer = answer or (getattr(self.kv, name + "Response", None) or self.kv.WriteResponse)
        return self.call(f"/replication.v1.KeyValue/{name}", request, answer, timeout)

    def error_of(self, rpc_error):
        """The ReplicationError in the details of a failed call; None if there is none."""
        for key, value in rpc_error.trailing_metadata() or []:
            if key == "grpc-status-details-bin":
                for detail in self.status.Status.FromString(value).details:
                    error = self.kv.ReplicationError()
                    if any_pb2.Any.FromString(detail.SerializeToString()).Unpack(error):
                        return error
        return None

    def fails(self, code, act, reason=None):
        try:
            act()
        except grpc.RpcError as e:
            assert e.code() == code, f"expected {code}, got {e.code()}: {e.details()}"
            error = self.error_of(e)
            if reason is not None:
                assert error is not None, "no ReplicationError in grpc-status-details-bin"
                assert error.reason == reason, f"expected reason {reason}, got {error.reason}"
            return e, error
        raise AssertionError(f"expected {code}, but the call went well")


def key(text):
    return f"interop/{RUN}/{text}".encode()


RUN = uuid.uuid4().hex


def put_and_get(c):
    r = c.kv_call("Put", key=key("a"), value=b"\x00\xffone")
    assert r.outcome == c.kv.WRITE_OUTCOME_COMMITTED
    assert r.position.index > 0 and r.position.term > 0, "a receipt has a position"
    assert r.header.group == c.group and r.header.node_id > 0
    g = c.kv_call("Get", key=key("a"))
    assert g.found and g.value == b"\x00\xffone" and g.version == r.position.index, g
    assert g.header.applied.index >= r.position.index and g.header.level == c.kv.READ_LEVEL_LINEARIZABLE
    local = c.kv_call("Get", key=key("a"), level=c.kv.READ_LEVEL_CONSISTENT_PREFIX)
    assert local.header.level == c.kv.READ_LEVEL_CONSISTENT_PREFIX
    assert not c.kv_call("Get", key=key("absent")).found


def delete(c):
    c.kv_call("Put", key=key("d"), value=b"x")
    assert c.kv_call("Delete", key=key("d")).outcome == c.kv.WRITE_OUTCOME_COMMITTED
    assert not c.kv_call("Get", key=key("d")).found
    assert c.kv_call("Delete", key=key("d")).outcome == c.kv.WRITE_OUTCOME_COMMITTED


def compare_and_set(c):
    k = key("cas")
    assert c.kv_call("CompareAndSet", key=k, value=b"1").outcome == c.kv.WRITE_OUTCOME_COMMITTED
    assert c.kv_call("CompareAndSet", key=k, value=b"2").outcome == c.kv.WRITE_OUTCOME_CONDITION_FAILED
    assert c.kv_call("CompareAndSet", key=k, expected=b"0", value=b"2").outcome == c.kv.WRITE_OUTCOME_CONDITION_FAILED
    assert c.kv_call("Get", key=k).value == b"1"
    assert c.kv_call("CompareAndSet", key=k, expected=b"1", value=b"2").outcome == c.kv.WRITE_OUTCOME_COMMITTED
    assert c.kv_call("Get", key=k).value == b"2"


def append(c):
    c.kv_call("Append", key=key("list"), suffix=b"1,")
    c.kv_call("Append", key=key("list"), suffix=b"2,")
    assert c.kv_call("Get", key=key("list")).value == b"1,2,"


def batch(c):
    op, kind = c.kv.Operation, c.kv.Operation.Kind
    r = c.kv_call("Batch", operations=[
        op(kind=kind.KIND_REQUIRE_ABSENT, key=key("b1")),
        op(kind=kind.KIND_PUT, key=key("b1"), value=b"x"),
        op(kind=kind.KIND_GET, key=key("b1")),
        op(kind=kind.KIND_PUT, key=key("b2"), value=b"y"),
    ])
    assert r.outcome == c.kv.WRITE_OUTCOME_COMMITTED
    assert any(x.found and x.value == b"x" for x in r.results), r
    r = c.kv_call("Batch", operations=[
        op(kind=kind.KIND_PUT, key=key("b2"), value=b"z"),
        op(kind=kind.KIND_REQUIRE_ABSENT, key=key("b1")),
    ])
    assert r.outcome == c.kv.WRITE_OUTCOME_CONDITION_FAILED and r.failed_at == 1, r
    assert c.kv_call("Get", key=key("b2")).value == b"y", "a failed batch changes nothing"


def scan(c):
    for i in range(5):
        c.kv_call("Put", key=key(f"s{i}"), value=str(i).encode())
    r = c.kv_call("Scan", **{"from": key("s1"), "to": key("s4")})
    assert [i.value for i in r.items] == [b"1", b"2", b"3"] and not r.has_more, r
    r = c.kv_call("Scan", **{"from": key("s0"), "to": key("s9")}, limit=2)
    assert [i.value for i in r.items] == [b"0", b"1"] and r.has_more, r


def session(c):
    s = c.kv_call("OpenSession", answer=c.kv.OpenSessionResponse)
    assert s.session_id != 0 and s.timeout_ms > 0
    request = c.kv.RequestId(session_id=s.session_id, sequence=1, acknowledged_below=1)
    first = c.kv_call("Append", key=key("once"), suffix=b"x", request=request)
    again = c.kv_call("Append", key=key("once"), suffix=b"x", request=request)
    assert first.position == again.position or again.outcome == c.kv.WRITE_OUTCOME_COMMITTED
    assert c.kv_call("Get", key=key("once")).value == b"x", "a retry in a session is executed once"


def status(c):
    r = c.kv_call("Status", group="")
    names = [g.group for g in r.groups]
    assert c.group in names and r.node_id > 0 and len(r.members) >= 1 and r.fault == "", r
    group = r.groups[names.index(c.group)]
    assert group.term > 0 and group.leader.node_id > 0 and group.leader.address.startswith("http"), group


def large_values(c):
    value = os.urandom(1 << 20)
    c.kv_call("Put", key=key("large"), value=value)
    assert c.kv_call("Get", key=key("large")).value == value
    e, error = c.fails(
        grpc.StatusCode.INVALID_ARGUMENT, lambda: c.kv_call("Put", key=key("large"), value=value + b"x"),
        c.kv.REJECT_REASON_INVALID_ARGUMENT)
    assert str(1 << 20) in e.details().replace(",", ""), f"the message names the limit: {e.details()}"
    assert error.outcome == c.kv.WRITE_OUTCOME_REJECTED
    c.fails(grpc.StatusCode.RESOURCE_EXHAUSTED, lambda: c.kv_call("Put", key=key("large"), value=bytes(5 << 20)))
    assert c.kv_call("Get", key=key("large")).value == value


def bad_input(c):
    c.fails(grpc.StatusCode.INVALID_ARGUMENT, lambda: c.kv_call("Put", key=b"", value=b"x"), c.kv.REJECT_REASON_INVALID_ARGUMENT)
    c.fails(grpc.StatusCode.INVALID_ARGUMENT, lambda: c.kv_call("Get", key=b""), c.kv.REJECT_REASON_INVALID_ARGUMENT)
    c.fails(grpc.StatusCode.INVALID_ARGUMENT, lambda: c.kv_call("Put", key=bytes(70000), value=b"x"),
            c.kv.REJECT_REASON_INVALID_ARGUMENT)
    c.fails(grpc.StatusCode.NOT_FOUND, lambda: c.kv_call("Get", group="no such group", key=b"k"), c.kv.REJECT_REASON_UNKNOWN_GROUP)
    c.fails(grpc.StatusCode.NOT_FOUND, lambda: c.kv_call("Put", group="größer %", key=b"k"), c.kv.REJECT_REASON_UNKNOWN_GROUP)


def unknown_method(c):
    c.fails(grpc.StatusCode.UNIMPLEMENTED, lambda: c.call("/replication.v1.KeyValue/Nope", c.kv.GetRequest(), c.kv.GetResponse))
    c.fails(grpc.StatusCode.UNIMPLEMENTED, lambda: c.call("/other.Service/Get", c.kv.GetRequest(), c.kv.GetResponse))


def compressed_message(c):
    rpc = c.channel.unary_unary(
        "/replication.v1.KeyValue/Get", request_serializer=lambda m: m.SerializeToString(),
        response_deserializer=c.kv.GetResponse.FromString)
    request = c.kv.GetRequest(group=c.group, key=b"k" * 2000)
    c.fails(grpc.StatusCode.UNIMPLEMENTED, lambda: rpc(request, timeout=15, compression=grpc.Compression.Gzip))


def deadlines(c):
    # A deadline that has passed already; the next call is untouched by it.
    for _ in range(20):
        c.fails(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: c.kv_call("Put", key=key("late"), value=b"x", timeout=-1))
    assert c.kv_call("Put", key=key("late"), value=b"y", timeout=15).outcome == c.kv.WRITE_OUTCOME_COMMITTED
    # A stream is ended by its deadline too.
    start = time.monotonic()
    e, _ = c.fails(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: list(watch(c, "", 0.3)))
    assert time.monotonic() - start < 10, e


def watch(c, service, timeout):
    rpc = c.channel.unary_stream(
        "/grpc.health.v1.Health/Watch", request_serializer=lambda m: m.SerializeToString(),
        response_deserializer=c.health.HealthCheckResponse.FromString)
    return rpc(c.health.HealthCheckRequest(service=service), timeout=timeout)


def health(c):
    serving = c.health.HealthCheckResponse.SERVING
    for service in ["", "replication.v1.KeyValue"]:
        r = c.call("/grpc.health.v1.Health/Check", c.health.HealthCheckRequest(service=service), c.health.HealthCheckResponse)
        assert r.status == serving, r
        stream = watch(c, service, 15)
        assert next(stream).status == serving
        stream.cancel()
    c.fails(grpc.StatusCode.NOT_FOUND, lambda: c.call(
        "/grpc.health.v1.Health/Check", c.health.HealthCheckRequest(service="nope"), c.health.HealthCheckResponse))
    assert next(watch(c, "nope", 15)).status == c.health.HealthCheckResponse.SERVICE_UNKNOWN


def many_calls_at_once(c):
    rpc = c.channel.unary_unary(
        "/replication.v1.KeyValue/Put", request_serializer=lambda m: m.SerializeToString(),
        response_deserializer=c.kv.WriteResponse.FromString)
    calls = [rpc.future(c.kv.PutRequest(group=c.group, key=key(f"m{i}"), value=b"v"), timeout=30) for i in range(500)]
    assert all(call.result().outcome == c.kv.WRITE_OUTCOME_COMMITTED for call in calls)


CHECKS = [put_and_get, delete, compare_and_set, append, batch, scan, session, status, large_values, bad_input,
          unknown_method, compressed_message, deadlines, health, many_calls_at_once]


def open_channel(options):
    limits = [("grpc.max_send_message_length", -1), ("grpc.enable_http_proxy", 0)]
    if options.ca is None:
        return grpc.insecure_channel(options.address, limits)
    read = lambda name: None if name is None else pathlib.Path(name).read_bytes()
    if options.name is not None:
        limits.append(("grpc.ssl_target_name_override", options.name))
    return grpc.secure_channel(
        options.address, grpc.ssl_channel_credentials(read(options.ca), read(options.key), read(options.cert)), limits)


def main():
    here = pathlib.Path(__file__).resolve()
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("group")
    parser.add_argument("--protos", default=str(here.parents[4] / "src/Replication.Grpc/protos"))
    parser.add_argument("--ca")
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--name")
    options = parser.parse_args()
    passed = failed = 0
    with tempfile.TemporaryDirectory() as out, open_channel(options) as channel:
        generate(options.protos, out)
        client = Client(channel, options.group)
        for check in CHECKS:
            try:
                check(client)
                passed += 1
                print(f"ok      {check.__name__}", flush=True)
            except Exception as e:  # A check that fails in any way is a failed check.
                failed += 1
                print(f"FAILED  {check.__name__}: {type(e).__name__}: {e}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 and passed == len(CHECKS) else 1


if __name__ == "__main__":
    sys.exit(main())
