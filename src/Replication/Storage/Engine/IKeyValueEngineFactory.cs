using Replication.Storage.Files;
using Replication.Storage.Records;

namespace Replication.Storage.Engine;

/// <summary>Opens key-value engines of one kind.</summary>
internal interface IKeyValueEngineFactory
{
    /// <summary>Opens an engine, creating it if it isn't there, at its newest durable checkpoint.</summary>
    /// <param name="files">Where its files are.</param>
    /// <param name="records">Record logs of the same kind as the host's.</param>
    /// <param name="directory">Directory of its files.</param>
    /// <param name="options">Sizes and limits.</param>
    IKeyValueEngine Open(IFileSystem files, IRecordLogFactory records, string directory, KeyValueEngineOptions options);
}

/// <summary>Sizes and limits of a key-value engine.</summary>
public sealed class KeyValueEngineOptions
{
    /// <summary>Gets or sets how long, in log time, overwritten values are kept for reads at a timestamp.</summary>
    /// <value>The default value is 5 s. From 0 to 1 h.</value>
    public TimeSpan VersionWindow { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets or sets the most bytes of values that are kept in memory; older ones are read back from
    /// disk.</summary>
    /// <value>The default value is 256 MiB. At least 16 MiB.</value>
    public long ValueCacheBytesMax { get; set; } = 256L << 20;

    /// <summary>Gets or sets the share of dead bytes from which the engine's log is compacted.</summary>
    /// <value>The default value is 0.5. From 0.1 to 0.9.</value>
    public double CompactionDeadRatio { get; set; } = 0.5;
}
