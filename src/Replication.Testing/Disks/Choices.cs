using Replication.Raft.Determinism;

namespace Replication.Testing.Disks;

/// <summary>Answers the questions that a power loss leaves open: by chance, or one after the other.</summary>
internal interface IChoices
{
    /// <summary>Chooses one of some alternatives; the first is the one nearest to "nothing survives".</summary>
    /// <param name="alternatives">How many there are, at least 1.</param>
    /// <returns>From 0 to one less than that.</returns>
    int Next(int alternatives);
}

/// <summary>Chooses by a seeded stream.</summary>
internal sealed class RandomChoices(SplitMix64 stream) : IChoices
{
    public int Next(int alternatives) => (int)stream.NextBelow(alternatives);
}

/// <summary>Always the first: the worst case.</summary>
internal sealed class FirstChoices : IChoices
{
    public static FirstChoices Instance { get; } = new();

    public int Next(int alternatives) => 0;
}
