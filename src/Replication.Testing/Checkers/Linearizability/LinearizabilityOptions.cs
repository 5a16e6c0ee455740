using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Linearizability;

/// <summary>What a check of linearizability starts from and what it may spend.</summary>
/// <remarks>A cap that is reached makes the verdict unknown, unless another object is not linearizable.</remarks>
public sealed class LinearizabilityOptions
{
    /// <summary>Gets or sets the value that each object holds before the first operation.</summary>
    /// <value>The default value is null: the model's own.</value>
    public HistoryValue? Initial { get; set; }

    /// <summary>Gets or sets how many configurations may be tried for one object.</summary>
    /// <value>The default value is 20 million; a few seconds to a minute, by model.</value>
    public long ConfigurationsMax { get; set; } = 20_000_000;

    /// <summary>Gets or sets how many bytes the memory of configurations may take for one object.</summary>
    /// <value>The default value is 1 GiB. The history itself is not counted.</value>
    public long MemoryBytesMax { get; set; } = 1L << 30;

    /// <summary>Gets or sets how long a check may take.</summary>
    /// <value>The default value is null, without end, so that equal histories give equal verdicts on every
    /// machine.</value>
    public TimeSpan? TimeMax { get; set; }

    /// <summary>Gets or sets the clock for <see cref="TimeMax"/>.</summary>
    /// <value>The default value is null: <see cref="TimeProvider.System"/>.</value>
    public TimeProvider? TimeProvider { get; set; }
}
