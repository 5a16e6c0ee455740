using System.Buffers.Binary;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.StateMachines;
using Replication.Storage.Engine;
using Replication.Storage.Files;
using Replication.Storage.Records;

namespace Replication.EngineChoice;

/// <summary>The engine of this repository, as it is: versions in a window of 5 s of log time included.</summary>
internal sealed class CopyOnWriteCandidate(string directory) : ICandidate
{
    private static readonly KeyValueEngineOptions Options = new() { ValueCacheBytesMax = 512L << 20 };

    private readonly PhysicalFileSystem _files = new(directory);
    private readonly KeyValueMutation[] _mutation = new KeyValueMutation[1];
    private readonly byte[] _key = new byte[16];
    private IKeyValueEngine _engine = Open(new PhysicalFileSystem(directory));
    private long _index;

    public static byte[] Key(int number)
    {
        byte[] key = new byte[16];
        WriteKey(number, key);
        return key;
    }

    public static void WriteKey(int number, Span<byte> key)
    {
        BinaryPrimitives.WriteUInt64BigEndian(key, (uint)number * 0x9E37_79B9_7F4A_7C15UL);
        BinaryPrimitives.WriteUInt64BigEndian(key[8..], (ulong)number);
    }

    public void Apply(ReadOnlySpan<int> keys, byte[] value)
    {
        foreach (int key in keys)
        {
            WriteKey(key, _key);
            _mutation[0] = new KeyValueMutation(_key, value, false);
            _index++;

            // 50 thousand entries per second of log time.
            long timestamp = HybridTimestamp.FromUnixMilliseconds(1 + (_index / 50)).Value + (_index % 50);
            _engine.Apply(new ApplyContext(Id, new HybridTimestamp(timestamp)), _mutation);
        }

        _engine.Publish();
    }

    public Func<int, bool> NewReader()
    {
        byte[] key = new byte[16];
        return number =>
        {
            WriteKey(number, key);
            using IKeyValueSnapshot snapshot = _engine.CaptureSnapshot();
            return snapshot.TryGet(key, out _);
        };
    }

    public int Scan(int from, int count)
    {
        using IKeyValueSnapshot snapshot = _engine.CaptureSnapshot();
        return snapshot.Scan(Key(from), default).Take(count).Count(record => record.Value.Length > 0);
    }

    public Func<int> CaptureSnapshot()
    {
        IKeyValueSnapshot snapshot = _engine.CaptureSnapshot();
        return () =>
        {
            using (snapshot)
            {
                return snapshot.Scan(default, default).Count(record => record.Value.Length > 0);
            }
        };
    }

    public (Action Background, Action End) CaptureCheckpoint()
    {
        IBackgroundWork work = _engine.CaptureCheckpoint(Id, default);
        return (work.Run, work.Completed);
    }

    public int Restart()
    {
        _engine.Dispose();
        _engine = Open(_files);
        return (int)((CopyOnWriteEngine)_engine).Keys;
    }

    public void Dispose() => _engine.Dispose();

    private static IKeyValueEngine Open(IFileSystem files) =>
        new CopyOnWriteEngineFactory().Open(files, new SegmentRecordLogFactory(), "engine", Options);

    private LogId Id => new(new Term(1), new LogIndex(_index));
}
