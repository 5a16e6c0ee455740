namespace Replication.Testing.Simulation.Shrinking;

/// <summary>How far and for how long a failing run is made smaller.</summary>
internal sealed record ShrinkOptions
{
    /// <summary>Gets the most runs.</summary>
    public int RunsMax { get; init; } = 6_000;

    /// <summary>Gets what says that no more time is left; null for none. With it the result is not a function of the
    /// run alone.</summary>
    public Func<bool>? IsOver { get; init; }

    /// <summary>Gets where lines about what was reached go; null for nowhere.</summary>
    public Action<string>? Progress { get; init; }

    /// <summary>Gets how many nodes are few enough not to look for other runs of the same failure.</summary>
    public int NodesWanted { get; init; } = 3;

    /// <inheritdoc cref="NodesWanted"/>
    public int FaultsWanted { get; init; } = 10;

    /// <inheritdoc cref="NodesWanted"/>
    public int CallsWanted { get; init; } = 20;
}
