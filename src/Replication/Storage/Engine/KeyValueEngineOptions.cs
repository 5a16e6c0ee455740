namespace Replication.Storage.Engine;

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
