using FASTER.core;

namespace Replication.EngineChoice;

/// <summary>FasterKV for the values, a sorted set for the order of the keys. No versions: reads at a timestamp are
/// not possible.</summary>
internal sealed class FasterCandidate : ICandidate
{
    private readonly string _directory;
    private readonly SortedSet<UInt128> _order = [];
    private readonly byte[] _key = new byte[16];
    private IDevice _device;
    private FasterKV<SpanByte, SpanByte> _store;
    private ClientSession<SpanByte, SpanByte, SpanByte, SpanByteAndMemory, Empty, SpanByteFunctions<Empty>> _session;
    private Guid _token;

    public FasterCandidate(string directory)
    {
        _directory = directory;
        (_device, _store) = Create();
        _session = NewSession();
    }

    public void Apply(ReadOnlySpan<int> keys, byte[] value)
    {
        foreach (int key in keys)
        {
            CopyOnWriteCandidate.WriteKey(key, _key);
            Upsert(_key, value);
            _order.Add(Ordered(_key));
        }

        _session.CompletePending(true);
    }

    public Func<int, bool> NewReader()
    {
        var session = NewSession();
        byte[] key = new byte[16];
        return number =>
        {
            CopyOnWriteCandidate.WriteKey(number, key);
            return Read(session, key);
        };
    }

    public int Scan(int from, int count)
    {
        byte[] key = new byte[16];
        int found = 0;
        foreach (UInt128 next in _order.GetViewBetween(Ordered(CopyOnWriteCandidate.Key(from)),
            UInt128.MaxValue).Take(count))
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(key, next);
            found += Read(_session, key) ? 1 : 0;
        }

        return found;
    }

    // Everything below the tail becomes read-only; later updates go above it. Two passes find the last version below
    // of each key.
    public Func<int> CaptureSnapshot()
    {
        long tail = _store.Log.TailAddress;
        _store.Log.ShiftReadOnlyAddress(tail, wait: false);
        return () =>
        {
            var last = new Dictionary<UInt128, long>();
            using (var pass = _store.Log.Scan(_store.Log.BeginAddress, tail))
            {
                while (pass.GetNext(out RecordInfo info))
                {
                    last[Ordered(pass.GetKey().AsReadOnlySpan())] = info.Tombstone ? -1 : pass.CurrentAddress;
                }
            }

            int found = 0;
            using (var pass = _store.Log.Scan(_store.Log.BeginAddress, tail))
            {
                while (pass.GetNext(out _))
                {
                    found += last[Ordered(pass.GetKey().AsReadOnlySpan())] == pass.CurrentAddress
                        && pass.GetValue().Length > 0 ? 1 : 0;
                }
            }

            return found;
        };
    }

    public (Action Background, Action End) CaptureCheckpoint()
    {
        long version = _store.CurrentVersion;
        if (!_store.TryInitiateFullCheckpoint(out _token, CheckpointType.FoldOver))
        {
            throw new InvalidOperationException("FASTER refused a checkpoint.");
        }

        while (_store.CurrentVersion == version || _session.Version == version)
        {
            _session.Refresh();
        }

        return (() => _store.CompleteCheckpointAsync().AsTask().Wait(TimeSpan.FromSeconds(60)), () =>
            _session.Refresh());
    }

    public int Restart()
    {
        _session.Dispose();
        _store.Dispose();
        _device.Dispose();
        _order.Clear();
        (_device, _store) = Create();
        _store.Recover(_token, _token);
        _session = NewSession();

        // The order of the keys is not in a checkpoint: one pass over the log makes it again (there are no deletes
        // here).
        using var pass = _store.Log.Scan(_store.Log.BeginAddress, _store.Log.TailAddress);
        while (pass.GetNext(out _))
        {
            _order.Add(Ordered(pass.GetKey().AsReadOnlySpan()));
        }

        return _order.Count;
    }

    public void Dispose()
    {
        _session.Dispose();
        _store.Dispose();
        _device.Dispose();
    }

    private static UInt128 Ordered(ReadOnlySpan<byte> key) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(key);

    private static unsafe bool Read(
        ClientSession<SpanByte, SpanByte, SpanByte, SpanByteAndMemory, Empty, SpanByteFunctions<Empty>> session,
            byte[] key)
    {
        fixed (byte* bytes = key)
        {
            SpanByte spanKey = SpanByte.FromPointer(bytes, key.Length);
            SpanByteAndMemory output = default;
            FASTER.core.Status status = session.Read(ref spanKey, ref output);
            if (status.IsPending)
            {
                session.CompletePendingWithOutputs(out var completed, wait: true);
                bool found = false;
                while (completed.Next())
                {
                    found = completed.Current.Status.Found;
                    completed.Current.Output.Memory?.Dispose();
                }

                completed.Dispose();
                return found;
            }

            output.Memory?.Dispose();
            return status.Found;
        }
    }

    private unsafe void Upsert(byte[] key, byte[] value)
    {
        fixed (byte* keyBytes = key, valueBytes = value)
        {
            SpanByte spanKey = SpanByte.FromPointer(keyBytes, key.Length);
            SpanByte spanValue = SpanByte.FromPointer(valueBytes, value.Length);
            _session.Upsert(ref spanKey, ref spanValue);
        }
    }

    private (IDevice Device, FasterKV<SpanByte, SpanByte> Store) Create()
    {
        IDevice device = Devices.CreateLogDevice(Path.Combine(_directory, "faster", "hlog.log"));
        var store = new FasterKV<SpanByte, SpanByte>(
            1L << 20,
            new LogSettings { LogDevice = device, PageSizeBits = 22, MemorySizeBits = 29, SegmentSizeBits = 26,
                MutableFraction = 0.9 },
            new CheckpointSettings { CheckpointDir = Path.Combine(_directory, "faster", "checkpoints"),
                RemoveOutdated = true });
        return (device, store);
    }

    private ClientSession<SpanByte, SpanByte, SpanByte, SpanByteAndMemory, Empty,
        SpanByteFunctions<Empty>> NewSession() =>
        _store.For(new SpanByteFunctions<Empty>()).NewSession<SpanByteFunctions<Empty>>();
}
