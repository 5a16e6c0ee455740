namespace Replication.Kv;

/// <summary>How fresh the answer of a read must be.</summary>
public readonly record struct ReadConsistency
{
    private ReadConsistency(ReadLevel level)
    {
        Level = level;
    }

    /// <summary>Gets the level that sees every write acknowledged before the read began, over the whole group
    /// (ReadIndex, thesis §6.4). The default.</summary>
    public static ReadConsistency Linearizable => default;

    /// <summary>Gets the level that sees some committed prefix of the group, from this node alone.</summary>
    public static ReadConsistency ConsistentPrefix => new(ReadLevel.ConsistentPrefix);

    /// <summary>Gets the level.</summary>
    public ReadLevel Level { get; }
}

/// <summary>The names of the levels.</summary>
public enum ReadLevel
{
    /// <summary>Single copy, real time.</summary>
    Linearizable = 0,

    /// <summary>Some committed prefix.</summary>
    ConsistentPrefix = 5,
}
