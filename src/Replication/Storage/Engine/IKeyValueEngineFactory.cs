using Replication.Errors;
using Replication.Storage.Files;
using Replication.Storage.Records;

namespace Replication.Storage.Engine;

/// <summary>Opens key-value engines of one kind.</summary>
/// <remarks>A host opens one for each store and each log, one after the other, before it starts. An engine reads only
/// what its own kind has written: a data directory keeps the kind that it began with.</remarks>
public interface IKeyValueEngineFactory
{
    /// <summary>Opens an engine at its newest durable checkpoint, creating it if it isn't there.</summary>
    /// <param name="files">Where its files are.</param>
    /// <param name="records">Record logs of the same kind as the host's, for engines that use some.</param>
    /// <param name="directory">Directory of its files, relative to the root of <paramref name="files"/>; nobody else
    /// uses it. The engine creates it and those above it, and makes their names durable.</param>
    /// <param name="options">Sizes and limits; not changed afterwards.</param>
    /// <returns>The engine; what its checkpoint holds is applied and published.</returns>
    /// <exception cref="StorageCorruptedException">The newest checkpoint is damaged: it was durable once, so an older
    /// one is no substitute.</exception>
    /// <exception cref="StorageFailedException">The disk failed.</exception>
    IKeyValueEngine Open(IFileSystem files, IRecordLogFactory records, string directory, KeyValueEngineOptions options);
}
