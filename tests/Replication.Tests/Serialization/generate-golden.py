#!/usr/bin/python3
"""Writes messagepack-golden.txt with an independent implementation of the format: Debian's python3-msgpack.

One line per value: kind, tab, the value as the test reads it, tab, the expected bytes in hex, where "xx*n." stands for
n times the byte xx. Run it with no argument to write the file, with --check to compare.
"""
import hashlib
import struct
import sys
from pathlib import Path

import msgpack

TARGET = Path(__file__).with_name("messagepack-golden.txt")


def integers():
    edges = [0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000,
             0xffffffff, 0x100000000, 2**63 - 1, 2**63, 2**64 - 1,
             -1, -31, -32, -33, -127, -128, -129, -32767, -32768, -32769, -2**31 + 1, -2**31, -2**31 - 1,
             -2**63 + 1, -2**63]
    seed = 1
    for _ in range(200):
        seed = int.from_bytes(hashlib.sha256(seed.to_bytes(32, "big")).digest(), "big")
        edges.append((seed % 2**64) >> (seed >> 100) % 64)
        edges.append(-((seed % 2**63) >> (seed >> 110) % 63))
    return edges


def rows():
    yield "nil", "", msgpack.packb(None)
    yield "bool", "true", msgpack.packb(True)
    yield "bool", "false", msgpack.packb(False)
    for n in integers():
        yield "int", str(n), msgpack.packb(n)
    for x in [0.0, -0.0, 1.0, -1.5, 3.14159, float("inf"), float("-inf"), float("nan"), 5e-324, 1.7976931348623157e308]:
        yield "double", struct.pack(">d", x).hex(), msgpack.packb(x)
    for x in [0.0, -0.0, 1.0, -1.5, 0.1, float("inf"), float("nan"), 1e-45, 3.4028234663852886e38]:
        yield "float", struct.pack(">f", x).hex(), msgpack.packb(x, use_single_float=True)
    for n in [0, 1, 31, 32, 255, 256, 65535, 65536]:
        yield "str", "a*%d" % n, msgpack.packb("a" * n)
        yield "bin", "5a*%d" % n, msgpack.packb(b"\x5a" * n)
    for s in ["é", "日本語", "\U0001f600", "é" * 15, "é" * 16, "日" * 85, "日" * 86, "\x00"]:
        yield "text", s.encode("utf-16-be").hex(), msgpack.packb(s)
    for n in [0, 1, 15, 16, 65535, 65536]:
        yield "array", str(n), msgpack.packb([None] * n)
    packer = msgpack.Packer()
    for n in [0, 1, 15, 16, 65535, 65536, 2**32 - 1]:
        yield "mapheader", str(n), packer.pack_map_header(n)
        yield "arrayheader", str(n), packer.pack_array_header(n)
    for n in [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 255, 256, 65535, 65536]:
        for code in [0, 5, 127]:
            yield "ext", "%d:%d" % (code, n), msgpack.packb(msgpack.ExtType(code, b"\x11" * n))


def compressed(data):
    """Hex; a run of more than eight equal bytes becomes "xx*n."."""
    out, i = [], 0
    while i < len(data):
        j = i
        while j < len(data) and data[j] == data[i]:
            j += 1
        out.append("%02x*%d." % (data[i], j - i) if j - i > 8 else data[i:j].hex())
        i = j
    return "".join(out)


def main():
    text = "".join("%s\t%s\t%s\n" % (kind, value, compressed(data)) for kind, value, data in rows())
    if "--check" in sys.argv:
        same = TARGET.read_text(encoding="utf-8") == text
        print("same" if same else "different", len(text.splitlines()))
        return 0 if same else 1
    TARGET.write_text(text, encoding="utf-8")
    print("wrote %d rows with python3-msgpack %s" % (len(text.splitlines()), ".".join(map(str, msgpack.version))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
