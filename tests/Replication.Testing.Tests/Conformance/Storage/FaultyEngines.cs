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
            nameof(UnsyncedFile) => new SortedEngine(new UnsyncedFile(files, directory), options),
            nameof(TrustingFile) => new SortedEngine(new TrustingFile(files, directory), options),
            nameof(UnnamedFile) => new SortedEngine(new UnnamedFile(files, directory), options),
            _ => throw new ArgumentException($"There is no engine {name}.", nameof(files)),
        };
    }
}
