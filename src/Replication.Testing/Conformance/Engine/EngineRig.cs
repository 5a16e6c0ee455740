using System.Text;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.StateMachines;
using Replication.Storage.Engine;
using Replication.Storage.Files;
using Replication.Storage.Records;

namespace Replication.Testing.Conformance.Engine;

/// <summary>An engine on a disk in memory beside the model of what it must hold, and the entries with which a restart
/// replays.</summary>
internal sealed class EngineRig : IDisposable
{
    public const string Directory = "groups/1/engine";

    private readonly IKeyValueEngineFactory _factory;
    private readonly IRecordLogFactory _records;
    private readonly KeyValueEngineOptions _options;
    private IFileSystem _files;
    private readonly Random _random;

    public EngineRig(
        IKeyValueEngineFactory factory, KeyValueEngineOptions options, InMemoryFileSystem disk, int seed,
            IFileSystem? files = null, IRecordLogFactory? records = null)
    {
        _records = records ?? new SegmentRecordLogFactory();
        _factory = factory;
        _options = options;
        _files = files ?? disk;
        _random = new Random(seed);
        Disk = disk;
        Engine = Open();
        States.Add(ModelState.Empty);
    }

    public InMemoryFileSystem Disk { get; private set; }

    public IKeyValueEngine Engine { get; private set; }

    /// <summary>Gets the states after each entry, the empty one first.</summary>
    public List<ModelState> States { get; } = [];

    public ModelState Now => States[^1];

    public int Keys { get; init; } = 60;

    public int ValueBytesMax { get; init; } = 120;

    private List<(ApplyContext Context, KeyValueMutation[] Mutations)> Entries { get; } = [];

    public static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);

    public static KeyValueMutation Put(string key, string value) => new(Bytes(key), Bytes(value), false);

    public static KeyValueMutation Delete(string key) => new(Bytes(key), default, true);

    public IEnumerable<string> SomeKeys(int count) => Enumerable.Range(0, count).Select(_ =>
        KeyOf(_random.Next(Keys + 5)));

    /// <summary>Applies one entry, a few milliseconds of log time after the last.</summary>
    public void Apply(params KeyValueMutation[] mutations)
    {
        long index = Now.Id.Index.Value + 1 + (_random.Next(8) == 0 ? 1 : 0);
        HybridTimestamp timestamp =
            new(Math.Max(Now.Timestamp.Value + 1,
            HybridTimestamp.FromUnixMilliseconds(1000 + (index * 3) + _random.Next(3)).Value));
        ApplyContext context = new(new LogId(new Term(1 + (index / 50)), new LogIndex(index)), timestamp);
        Entries.Add((context, mutations));
        Engine.Apply(context, mutations);
        States.Add(Now.Apply(context.Id, timestamp, mutations));
    }

    public void ApplyRandom()
    {
        KeyValueMutation[] mutations = new KeyValueMutation[_random.Next(6) == 0 ? _random.Next(12) : 1];
        for (int i = 0; i < mutations.Length; i++)
        {
            byte[] value = new byte[_random.Next(ValueBytesMax)];
            _random.NextBytes(value);
            mutations[i] = new KeyValueMutation(Bytes(KeyOf(_random.Next(Keys))), value, _random.Next(4) == 0);
        }

        Apply(mutations);
    }

    public void ApplyRandom(int count)
    {
        for (int i = 0; i < count; i++)
        {
            ApplyRandom();
        }
    }

    public void Checkpoint()
    {
        IBackgroundWork work = Engine.CaptureCheckpoint(Now.Id, Bytes($"attached to {Now.Id}"));
        work.Run();
        work.Completed();
    }

    /// <summary>Starts again on a disk, and replays what came after the checkpoint that was found.</summary>
    public void Restart(InMemoryFileSystem disk, IFileSystem? files = null)
    {
        Disk = disk;
        _files = files ?? disk;
        Engine = Open();
        AssertAtCheckpoint();
        Replay();
    }

    /// <summary>Closes and opens again.</summary>
    public void Reopen()
    {
        Engine.Dispose();
        Engine = Open();
        AssertAtCheckpoint();
        Replay();
    }

    public void AssertAtCheckpoint()
    {
        ModelState state = States.Single(candidate => candidate.Id == Engine.CheckpointId);
        using IKeyValueSnapshot snapshot = Engine.CaptureSnapshot();
        state.AssertEquals(snapshot, SomeKeys(10));
        Expect.Equal(
            state.Id == LogId.Zero ? string.Empty : $"attached to {state.Id}",
            Encoding.ASCII.GetString(Engine.CheckpointAttachment.Span));
    }

    public void AssertNow()
    {
        using IKeyValueSnapshot snapshot = Engine.CaptureSnapshot();
        Now.AssertEquals(snapshot, SomeKeys(10));
    }

    public void Dispose() => Engine.Dispose();

    private static string KeyOf(int number) => $"key/{number * 7919 % 1000:D3}";

    private IKeyValueEngine Open() => _factory.Open(_files, _records, Directory, _options);

    private void Replay()
    {
        foreach ((ApplyContext context, KeyValueMutation[] mutations) in Entries)
        {
            if (context.Id.Index > Engine.CheckpointId.Index)
            {
                Engine.Apply(context, mutations);
            }
        }

        Engine.Publish();
    }
}
