#!/usr/bin/python3
"""repack.py repack IN OUT: unpacks each length-prefixed message of IN with python3-msgpack and packs it again into OUT.
repack.py generate SEED COUNT OUT: writes COUNT random messages."""
import random
import struct
import sys

import msgpack


def frames(path):
    with open(path, "rb") as f:
        data = f.read()
    at = 0
    while at < len(data):
        (length,) = struct.unpack_from("<I", data, at)
        yield data[at + 4:at + 4 + length]
        at += 4 + length


def write(path, messages):
    with open(path, "wb") as f:
        count = 0
        for message in messages:
            f.write(struct.pack("<I", len(message)))
            f.write(message)
            count += 1
    print(count)


def value(r, depth):
    kind = r.randrange(9 if depth < 5 else 7)
    if kind == 0:
        return None
    if kind == 1:
        return r.random() < 0.5
    if kind == 2:
        return r.getrandbits(64) >> r.randrange(64)
    if kind == 3:
        return -(r.getrandbits(63) >> r.randrange(63))
    if kind == 4:
        return r.uniform(-1e300, 1e300)
    if kind == 5:
        return "".join(chr(r.choice([r.randrange(0x20, 0x7f), r.randrange(0xa0, 0xd7ff), 0x1f600]))
                       for _ in range(r.choice([0, 5, 31, 32, 100, 300])))
    if kind == 6:
        if r.random() < 0.3:
            return msgpack.ExtType(r.randrange(128), bytes(r.choice([0, 1, 2, 3, 4, 8, 16, 17, 300])))
        return bytes(r.getrandbits(8) for _ in range(r.choice([0, 1, 255, 256, 70000]) if r.random() < 0.1 else 10))
    if kind == 7:
        return [value(r, depth + 1) for _ in range(r.choice([0, 3, 15, 16]))]
    return {"k%d" % i: value(r, depth + 1) for i in range(r.choice([0, 2, 15, 16]))}


def main():
    if sys.argv[1] == "repack":
        write(sys.argv[3], (msgpack.packb(msgpack.unpackb(m, strict_map_key=False)) for m in frames(sys.argv[2])))
    else:
        r = random.Random(int(sys.argv[2]))
        write(sys.argv[4], (msgpack.packb(value(r, 0)) for _ in range(int(sys.argv[3]))))


main()
