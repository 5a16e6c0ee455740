using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Storage.Engine;
using Replication.Storage.Files;
using Replication.Storage.Records;

namespace Replication.Testing.Tests.Conformance.Storage;

/// <summary>Its snapshots show later writes.</summary>
internal sealed class LiveSnapshotEngine(WholeFile file, KeyValueEngineOptions options) : SortedEngine(file, options)
{
    public override IKeyValueSnapshot CaptureSnapshot() => new SortedSnapshot(() => Applied);
}

/// <summary>Its checkpoints only add to the one before: what was deleted comes back after a restart.</summary>
internal sealed class RevivingEngine(WholeFile file, KeyValueEngineOptions options) : SortedEngine(file, options)
{
    private SortedState _last = SortedState.Empty;

    protected override SortedState ToWrite(SortedState captured) =>
        _last = captured with { Keys = _last.Keys.SetItems(captured.Keys) };
}

/// <summary>Writes what it holds when the disk has time, under the name of an earlier entry.</summary>
internal sealed class LateCheckpointEngine(WholeFile file, KeyValueEngineOptions options) : SortedEngine(file, options)
{
    protected override SortedState ToWrite(SortedState captured) => captured with { Keys = Applied.Keys };
}

/// <summary>Keeps 32 bits of a version.</summary>
internal sealed class NarrowVersionEngine(WholeFile file, KeyValueEngineOptions options) : SortedEngine(file, options)
{
    protected override SortedState ToWrite(SortedState captured) => captured with
    {
        Keys = captured.Keys.SetItems(captured.Keys.Select(pair => KeyValuePair.Create(
            pair.Key, pair.Value with { Version = new LogIndex((int)pair.Value.Version.Value) }))),
    };
}

/// <summary>Keeps the milliseconds of a timestamp.</summary>
internal sealed class CoarseTimeEngine(WholeFile file, KeyValueEngineOptions options) : SortedEngine(file, options)
{
    protected override SortedState ToWrite(SortedState captured) => captured with
    {
        Keys = captured.Keys.SetItems(captured.Keys.Select(pair => KeyValuePair.Create(
            pair.Key,
            pair.Value with
            {
                Timestamp = HybridTimestamp.FromUnixMilliseconds(pair.Value.Timestamp.UnixMilliseconds),
            }))),
    };
}

/// <summary>Goes on telling the attachment that it found when it was opened.</summary>
internal sealed class OldAttachmentEngine : SortedEngine
{
    private readonly ReadOnlyMemory<byte> _found;

    public OldAttachmentEngine(WholeFile file, KeyValueEngineOptions options)
        : base(file, options)
    {
        _found = base.CheckpointAttachment;
    }

    public override ReadOnlyMemory<byte> CheckpointAttachment => _found;
}

/// <summary>Opens engines that are wrong in one place, by the name of their type or of their file's.</summary>
internal sealed class FaultyEngineFactory(string name) : IKeyValueEngineFactory
{
    public IKeyValueEngine Open(
        IFileSystem files, IRecordLogFactory records, string directory, KeyValueEngineOptions options)
    {
        WholeFile file = new(files, directory);
        return name switch
        {
            nameof(LiveSnapshotEngine) => new LiveSnapshotEngine(file, options),
            nameof(RevivingEngine) => new RevivingEngine(file, options),
            nameof(LateCheckpointEngine) => new LateCheckpointEngine(file, options),
            nameof(NarrowVersionEngine) => new NarrowVersionEngine(file, options),
            nameof(CoarseTimeEngine) => new CoarseTimeEngine(file, options),
            nameof(OldAttachmentEngine) => new OldAttachmentEngine(file, options),
            nameof(UnsyncedFile) => new SortedEngine(new UnsyncedFile(files, directory), options),
            nameof(TrustingFile) => new SortedEngine(new TrustingFile(files, directory), options),
            nameof(UnnamedFile) => new SortedEngine(new UnnamedFile(files, directory), options),
            _ => throw new ArgumentException($"There is no engine {name}.", nameof(files)),
        };
    }
}
